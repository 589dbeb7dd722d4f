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
