import type { ReplicationLogEntry } from './entry.ts';
import type { ReplicationLog } from './replication-log.ts';

/** A part of a leader's log. */
export interface LogPart {
  /** The leader's. */
  term: number;
  /** Index and term of the entry right before `entries`. */
  prevIndex: number;
  prevTerm: number;
  entries: readonly ReplicationLogEntry[];
}

/**
 * Takes a part of the leader's log over, unless the leader was replaced, or the part does not fit: something is missing
 * before it, or stands here otherwise.
 *
 * @param log of this node
 * @param currentTerm of this node
 * @returns whether the entries are in the log now, on disk
 */
export async function takeOver(log: ReplicationLog, currentTerm: number, part: LogPart): Promise<boolean> {
  // TODO(session 4): refuse a leader of an earlier term. Refuse what does not fit: ask log.termAt about the entry
  // before. Otherwise merge the entries into the log, and wait until they are on disk.
  throw new Error('not implemented: take-over');
}
