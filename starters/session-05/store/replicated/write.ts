import { HttpError } from '../../shared/http-error.ts';
import type { Change, ReplicationLogEntry } from './entry.ts';
import type { Leadership } from './leadership.ts';

/**
 * Writes a key, at the leader.
 *
 * @param isSafe resolves when enough nodes have the entry with this index on disk: true; or when the leader has waited
 *   for long enough, or leads no longer: false
 * @returns the entry that was written
 * @throws HttpError 504 `timeout` if the entry may be lost, or may not: some nodes have it
 */
export async function write(
  leadership: Leadership,
  key: string,
  change: Change,
  isSafe: (index: number) => Promise<boolean>,
): Promise<ReplicationLogEntry> {
  const entry = leadership.append(key, change);
  leadership.sendToFollowers();
  await leadership.store(entry);
  if (!(await isSafe(entry.index))) throw mayBeLost(key);
  return entry;
}

/**
 * The highest index up to which a majority of all nodes have the log on disk. Whatever majority elects the next leader,
 * one of these nodes is in it.
 *
 * @param stored for each node, the leader too: up to which index it is known to have the leader's log on disk
 */
export function majorityIndex(stored: readonly number[]): number {
  const descending = [...stored].sort((a, b) => b - a);
  return descending[Math.floor(stored.length / 2)] ?? 0;
}

function mayBeLost(key: string): HttpError {
  const message = `"${key}" is in the leader's log, but not enough nodes have confirmed it. It may be lost, or not.`;
  return new HttpError(504, 'timeout', message);
}
