import { randomBytes } from 'node:crypto';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import WebSocket from 'ws';
import type { Ending, Frame, Line } from './check.ts';
import type { TimelineRow } from './timeline.ts';
import { PromiseBroken } from './verdict.ts';

const TEXT = 0x1;
const FINAL = 0x80;
const MASKED = 0x80;
const LENGTH_FOLLOWS = 126;

/** A frame on its way between a client and a node; its words are found only when somebody wants to read them. */
export interface RecordedFrame {
  /** Epoch ms. */
  at: number;
  from: string;
  to: string;
  label: () => string;
}

export interface LineOptions {
  /** The client's name in the timeline. */
  name: string;
  node: string;
  /** `http://...`: what the node is asked at, with the path. */
  url: string;
  /** A frame in a few words. */
  label: (body: unknown) => string;
  /** Where each frame is recorded. */
  record: RecordedFrame[];
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Opens a WebSocket to a node. Nothing is sent but what the caller sends, and the answers to the node's own pings.
 *
 * @throws PromiseBroken when it does not open in time
 */
export async function openLine(options: LineOptions): Promise<Line> {
  const line = new RecordingLine(options);
  await line.opened();
  return line;
}

class RecordingLine implements Line {
  readonly name: string;
  readonly node: string;
  readonly frames: Frame[] = [];
  ended: Ending | undefined;
  readonly #options: LineOptions;
  readonly #webSocket: WebSocket;
  #socket: Socket | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.name = options.name;
    this.node = options.node;
    this.#webSocket = new WebSocket(options.url.replace(/^http/, 'ws'), {
      perMessageDeflate: false,
      handshakeTimeout: options.timeoutMs,
      createConnection: ((to: NetConnectOpts) => this.#connect(to)) as typeof connect,
    });
    this.#webSocket.on('message', (data: Buffer) => this.#received(data.toString('utf8')));
    this.#webSocket.on('close', (code, reason) => this.#hasEnded(code, reason.toString('utf8')));
    this.#webSocket.on('error', () => {});
    options.signal.addEventListener('abort', () => this.cut(), { once: true });
  }

  opened(): Promise<void> {
    const { name, node, url, signal } = this.#options;
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => {
        if (signal.aborted) return reject(signal.reason);
        const expected = `${node} opens a WebSocket for ${name} at ${new URL(url).pathname}`;
        reject(new PromiseBroken({ expected, seen: error.message || 'the connection was refused' }));
      };
      this.#webSocket.once('open', () => {
        this.#webSocket.off('error', failed);
        resolve();
      });
      this.#webSocket.once('error', failed);
    });
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN;
  }

  send(frame: unknown): void {
    this.#note(this.name, this.node, () => this.#options.label(frame));
    if (this.isOpen) this.#webSocket.send(JSON.stringify(frame));
  }

  sendRaw(data: string | Buffer, what: string): void {
    this.#note(this.name, this.node, () => what);
    if (this.isOpen) this.#webSocket.send(data);
  }

  cutInMidFrame(frame: unknown): void {
    const bytes = clientFrame(Buffer.from(JSON.stringify(frame)));
    this.#note(this.name, this.node, () => `half of: ${this.#options.label(frame)}, then cut`);
    this.#socket?.write(bytes.subarray(0, bytes.length >> 1), () => this.#socket?.resetAndDestroy());
  }

  pauseReading(): void {
    this.#note(this.name, this.name, () => 'stops reading');
    this.#webSocket.pause();
  }

  resumeReading(): void {
    this.#note(this.name, this.name, () => 'reads again');
    this.#webSocket.resume();
  }

  cut(): void {
    if (this.ended) return;
    // Whoever does not read does not see the end either.
    this.#webSocket.resume();
    this.#socket?.resetAndDestroy();
  }

  close(): void {
    this.#webSocket.close(1000);
  }

  #connect(to: NetConnectOpts): Socket {
    const { host, port } = to as { host: string; port: number };
    this.#socket = connect({ host, port, noDelay: true });
    return this.#socket;
  }

  #received(text: string): void {
    const body = parse(text);
    this.frames.push({ at: Date.now(), body });
    this.#note(this.node, this.name, () => this.#options.label(body));
  }

  #hasEnded(code: number, reason: string): void {
    this.ended = { at: Date.now(), code, reason };
    const how = code === 1006 ? 'the connection is gone' : `closes: ${code} ${reason}`.trimEnd();
    this.#note(this.node, this.name, () => how);
  }

  #note(from: string, to: string, label: () => string): void {
    this.#options.record.push({ at: Date.now(), from, to, label });
  }
}

/** Frames as rows of a timeline. What a client does by itself is a point on its own line. */
export function frameRows(frames: readonly RecordedFrame[], began: number): TimelineRow[] {
  return frames.map(({ at, from, to, label }) => ({
    at: at - began,
    kind: from === to ? 'note' : 'message',
    from,
    ...(from !== to && { to }),
    label: label(),
  }));
}

/** A text frame of at most 64 KiB as a client sends it: masked. Source: RFC 6455, section 5.2. */
function clientFrame(payload: Buffer): Buffer {
  const short = payload.length < LENGTH_FOLLOWS;
  const header = Buffer.alloc(short ? 2 : 4);
  header[0] = FINAL | TEXT;
  header[1] = MASKED | (short ? payload.length : LENGTH_FOLLOWS);
  if (!short) header.writeUInt16BE(payload.length, 2);
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ mask[index % 4]!);
  return Buffer.concat([header, mask, masked]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
