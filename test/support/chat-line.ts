import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../src/stack/until.ts';

const WITHIN_MS = 20_000;

/** A raw line to a chat server, which remembers every frame. Gone when the test is over. */
export class ChatLine {
  readonly frames: any[] = [];
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | undefined;
  #pinging: NodeJS.Timeout | undefined;

  private constructor(url: string, userId: string | undefined) {
    const query = userId === undefined ? '' : `?userId=${encodeURIComponent(userId)}`;
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/ws${query}`);
    this.socket.on('message', (data) => this.frames.push(JSON.parse(String(data))));
    this.socket.on('error', () => {});
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      clearInterval(this.#pinging);
    });
  }

  /** @param pingMs how often it says that it is alive; undefined: never */
  static async open(url: string, userId: string | undefined, pingMs?: number): Promise<ChatLine> {
    const line = new ChatLine(url, userId);
    onTestFinished(() => line.socket.terminate());
    await once(line.socket, 'open');
    if (pingMs !== undefined) line.#pinging = setInterval(() => line.send({ type: 'ping' }), pingMs);
    return line;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Waits for a frame that fits, among those that have come too. */
  async frame(fits: (frame: any) => boolean, what = 'a frame'): Promise<any> {
    const found = () => this.frames.find(fits);
    await until(found, {
      withinMs: WITHIN_MS,
      what: `${what} among ${JSON.stringify(this.frames.slice(-5))}`,
    });
    return found();
  }

  async join(roomId: string, after?: number): Promise<any> {
    const before = this.frames.length;
    this.send({ type: 'join', roomId, after });
    const answers = () =>
      this.frames
        .slice(before)
        .find((frame) => frame.roomId === roomId && ['joined', 'error'].includes(frame.type));
    await until(answers, { withinMs: WITHIN_MS, what: `an answer to the join of ${roomId}` });
    return answers();
  }

  /** Says something and waits for the acknowledgement. */
  async say(roomId: string, content: string, clientMessageId = content): Promise<any> {
    const before = this.frames.length;
    this.send({ type: 'message', roomId, content, clientMessageId });
    const answers = () =>
      this.frames
        .slice(before)
        .find((frame) => ['ack', 'error'].includes(frame.type) && frame.clientMessageId === clientMessageId);
    await until(answers, { withinMs: WITHIN_MS, what: `an answer to ${clientMessageId}` });
    return answers();
  }

  /** Sequence number and content of every message of the room, in the order in which they came, history included. */
  heard(roomId: string): [number, string][] {
    const messages = this.frames.flatMap((frame) => {
      if (frame.type === 'joined') return frame.messages;
      return frame.type === 'message' ? [frame.message] : [];
    });
    return messages
      .filter((message: any) => message.roomId === roomId)
      .map(({ sequenceNumber, content }: any) => [sequenceNumber, content]);
  }

  /** Waits until it has heard so many messages of the room, and returns them. */
  async hears(roomId: string, count: number): Promise<[number, string][]> {
    await until(() => this.heard(roomId).length >= count, {
      withinMs: WITHIN_MS,
      what: `${count} messages in ${roomId}; heard ${this.heard(roomId).length}`,
    });
    return this.heard(roomId);
  }

  async isClosed(): Promise<number> {
    await until(() => this.closed, { withinMs: WITHIN_MS, what: 'the line to be closed' });
    return this.closed!.code;
  }
}
