import type { Connection } from './connection.ts';

/** A client says that it is alive. It wants to know the same of us: the answer is the frame `pong`. */
export function onPing(connection: Connection): void {
  connection.heard();
  connection.send({ type: 'pong' });
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
  for (const connection of connections) {
    if (connection.silentMs() > timeoutMs) giveUp(connection);
  }
}
