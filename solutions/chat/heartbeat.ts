import type { Connection } from './connection.ts';

// ANCHOR: chat-heartbeat
/** A client says that it is alive. It wants to know the same of us: the answer is the frame `pong`. */
export function onPing(connection: Connection): void {
  // @exercise 6 heartbeat
  connection.heard();
  connection.send({ type: 'pong' });
  // ~ // TODO(session 6): note that the connection was heard, and answer with the frame {"type":"pong"}.
  // ~ throw new Error('not implemented: heartbeat');
  // @end
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
  // @exercise 6 heartbeat
  for (const connection of connections) {
    if (connection.silentMs() > timeoutMs) giveUp(connection);
  }
  // ~ // TODO(session 6): give up every connection that was silent for longer than timeoutMs.
  // ~ throw new Error('not implemented: heartbeat');
  // @end
}
// ANCHOR_END: chat-heartbeat
