import type { Leadership } from './leadership.ts';
import type { Ack } from './levels.ts';

/**
 * Waits until a write may be acknowledged. It is on the leader's own disk already.
 *
 * @param index of the entry that was written
 * @param ack what the client asked for: `one`, `majority` or `all` nodes
 * @returns false if it did not come to that in time, or the leader was replaced
 */
export async function isAcknowledged(leadership: Leadership, index: number, ack: Ack): Promise<boolean> {
  // TODO(session 5): who has to have it for one, for majority, for all? Ask leadership.
  throw new Error('not implemented: acknowledge');
}
