import type { Entry } from './entry.ts';
import type { Mode } from './settings.ts';

/** A write that was acknowledged, and then given up for another one. */
export interface Conflict {
  key: string;
  kept: Entry;
  lost: Entry;
  /** A sentence for a person. */
  reason: string;
}

/**
 * Last write wins: of two entries of a key the one with the larger timestamp; of equal timestamps the one whose
 * writer has the larger id. All owners choose the same one, in whichever order the entries meet.
 */
export function merge(a: Entry, b: Entry): Entry {
  // TODO(session 3): return one of the two. On another node a and b may be the other way round:
  // what if their timestamps are equal?
  throw new Error('not implemented: merge');
}

/** The entry with the higher version; of equal versions the one whose writer has the larger id. */
export function newer(a: Entry, b: Entry): Entry {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  return a.writer > b.writer ? a : b;
}

/**
 * Which of two entries of a key is to stay. In mode `ap` it is the one that `merge` chooses, and it gets the higher
 * version of the two: readers never see a version go back.
 */
export function resolve(a: Entry, b: Entry, mode: Mode): Entry {
  if (mode === 'cp') return newer(a, b);
  return { ...merge(a, b), version: Math.max(a.version, b.version) };
}

/** Whether whoever wrote `entry` knew of the `other` write. If not, the two writes were independent of each other. */
export function knows(entry: Entry, other: Entry): boolean {
  return (entry.seen[other.writer] ?? 0) >= (other.seen[other.writer] ?? 0);
}

/** Describes the loss if `kept` was written without knowing of `other`; undefined if it simply came after it. */
export function conflictBetween(kept: Entry, other: Entry): Conflict | undefined {
  if (knows(kept, other)) return undefined;
  const reason =
    kept.timestamp === other.timestamp
      ? `Both have the timestamp ${kept.timestamp}: the larger writer, ${kept.writer}, wins.`
      : `${kept.writer} wrote at ${kept.timestamp}, ${other.writer} at ${other.timestamp}: the larger timestamp wins.`;
  return { key: kept.key, kept, lost: other, reason };
}
