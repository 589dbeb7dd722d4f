import type Dockerode from 'dockerode';
import { unless } from './errors.ts';

/** A line of a container's output. `stamp` is the engine's own, to the nanosecond: it orders lines. */
export interface StampedLine {
  stamp: string;
  text: string;
}

const HEADER_BYTES = 8;

/** The output of a container so far, or so many of its last lines, oldest first; empty when the container is gone. */
export async function readLog(container: Dockerode.Container, tail?: number): Promise<StampedLine[]> {
  const last = tail === undefined ? {} : { tail };
  const options = { stdout: true, stderr: true, timestamps: true, follow: false, ...last } as const;
  const output = await unless([404, 409], container.logs(options));
  if (!output) return [];
  const lines: StampedLine[] = [];
  for await (const line of stampedLines([output])) lines.push(line);
  return lines;
}

/**
 * The output after this stamp, and what comes until the container ends or the signal aborts.
 * @param since the stamp of the last line seen, or '' for all
 * @param tail where nothing was seen yet: only so many of the last lines
 */
export async function* followLog(
  container: Dockerode.Container,
  since: string,
  signal: AbortSignal | undefined,
  tail?: number,
): AsyncGenerator<StampedLine> {
  const options = { stdout: true, stderr: true, timestamps: true, follow: true } as const;
  // The engine takes whole seconds since the epoch with a fraction; lines of the same second are told apart here.
  const last = tail === undefined ? {} : { tail };
  const from = since ? { since: Math.floor(Date.parse(since) / 1000) } : last;
  const stream = await unless([404, 409], container.logs({ ...options, ...from }));
  if (!stream) return;
  const stop = () => (stream as NodeJS.ReadableStream & { destroy(): void }).destroy();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of stampedLines(stream)) if (line.stamp > since) yield line;
  } catch (error) {
    // A stream that was cut, by the signal or by an engine that removes the container, has ended.
    if (!['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/**
 * Takes the engine's frames apart: 8 bytes of header (stream, length), then a piece of a line that begins with a time stamp.
 * Long lines come in several pieces; only the last one ends with a line feed.
 */
export async function* stampedLines(
  chunks: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<StampedLine> {
  const open = new Map<number, StampedLine>();
  for await (const { channel, piece } of frames(chunks)) {
    const space = piece.indexOf(' ');
    const text = piece.slice(space + 1);
    const begun = open.get(channel);
    const line = begun
      ? { stamp: begun.stamp, text: begun.text + text }
      : { stamp: piece.slice(0, space), text };
    if (line.text.endsWith('\n')) {
      open.delete(channel);
      yield { ...line, text: line.text.replace(/\r?\n$/, '') };
    } else open.set(channel, line);
  }
  yield* open.values();
}

async function* frames(chunks: Iterable<unknown> | AsyncIterable<unknown>) {
  let buffer: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    buffer = buffer.length === 0 ? (chunk as Buffer) : Buffer.concat([buffer, chunk as Buffer]);
    while (buffer.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + buffer.readUInt32BE(4);
      if (buffer.length < end) break;
      yield { channel: buffer[0]!, piece: buffer.toString('utf8', HEADER_BYTES, end) };
      buffer = buffer.subarray(end);
    }
  }
}
