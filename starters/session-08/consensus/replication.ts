import type { Effects } from './effects.ts';
import { becomeFollower } from './election.ts';
import { lastIndex, lastTerm } from './log.ts';
import type { AppendEntries, AppendEntriesResponse } from './messages.ts';
import type { RaftState } from './state.ts';

/** This term's leader was heard: the node follows it, and waits once more from the beginning. */
export function followLeader(node: RaftState, leader: string, effects: Effects): void {
  becomeFollower(node, node.currentTerm, effects);
  node.leader = leader;
  effects.resetElectionTimer = true;
}

/**
 * The leader sends entries, or none to say that it is there. They are taken if this log and the leader's are the same up
 * to `prevLogIndex`. (Raft paper, figure 2 and section 5.3)
 *
 * @param term the sender's: the node has entered it already, unless it is an earlier one
 */
export function onAppendEntries(
  node: RaftState,
  from: string,
  term: number,
  { prevLogIndex, prevLogTerm, entries }: AppendEntries,
  effects: Effects,
): AppendEntriesResponse {
  if (term < node.currentTerm) return { success: false, matchIndex: 0 };
  followLeader(node, from, effects);
  // Nobody writes a log before session 9. What fits at the end is taken, so that there is something to compare.
  if (prevLogIndex !== lastIndex(node.log) || prevLogTerm !== lastTerm(node.log)) {
    return { success: false, matchIndex: 0 };
  }
  node.log.push(...entries);
  if (entries.length > 0) effects.persist = true;
  return { success: true, matchIndex: lastIndex(node.log) };
}
