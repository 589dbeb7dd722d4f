import type { Connection } from './connection.ts';

/** A client says that it is alive. It wants to know the same of us: the answer is the frame `pong`. */
export function onPing(connection: Connection): void {
  // TODO(session 6): note that the connection was heard, and answer with the frame {"type":"pong"}.
  throw new Error('not implemented: heartbeat');
}

/**
 * Looks for connections whose other end is gone without a goodbye: no error, no close, only silence.
 *
 * @param timeoutMs who was not heard for longer is given up
 * @param giveUp what to do with such a connection
 */
export function sweep(
  connections: readonly Connection[],
  timeoutMs: number,
  giveUp: (silent: Connection) => void,
): void {
  // TODO(session 6): give up every connection that was silent for longer than timeoutMs.
  throw new Error('not implemented: heartbeat');
}
