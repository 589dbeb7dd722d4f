import type { LogEntry } from './messages.ts';

/** Index of the last entry; 0 if there is none. */
export function lastIndex(log: readonly LogEntry[]): number {
  return log.length;
}

/** Term of the last entry; 0 if there is none. */
export function lastTerm(log: readonly LogEntry[]): number {
  return log.at(-1)?.term ?? 0;
}

/** Term of the entry with this index: 0 for index 0, before the log; undefined if there is no such entry. */
export function termAt(log: readonly LogEntry[], index: number): number | undefined {
  return index === 0 ? 0 : log[index - 1]?.term;
}

/** At most `most` entries, from this index on. */
export function entriesFrom(log: readonly LogEntry[], index: number, most: number): LogEntry[] {
  return log.slice(index - 1, index - 1 + most);
}

/** Removes this entry and all after it. */
export function cutFrom(log: LogEntry[], index: number): void {
  log.length = Math.min(log.length, index - 1);
}

/**
 * Where a leader may try next, when this log has no entry `prevLogIndex` of the leader's: behind its end, or at the first
 * entry of the term that stands there instead. So whole terms are passed over at once. (Raft paper, end of section 5.3)
 */
export function conflictIndex(log: readonly LogEntry[], prevLogIndex: number): number {
  const term = termAt(log, prevLogIndex);
  if (term === undefined) return lastIndex(log) + 1;
  let index = prevLogIndex;
  while (index > 1 && termAt(log, index - 1) === term) index -= 1;
  return index;
}
