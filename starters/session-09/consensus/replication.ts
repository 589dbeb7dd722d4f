import { advanceCommitIndex } from './commit.ts';
import type { Effects } from './effects.ts';
import { becomeFollower } from './election.ts';
import { sendAppendEntries } from './leader.ts';
import { conflictIndex, cutFrom, lastIndex, termAt } from './log.ts';
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
  { prevLogIndex, prevLogTerm, entries, leaderCommit }: AppendEntries,
  effects: Effects,
): AppendEntriesResponse {
  // TODO(session 9): 1. Refuse a leader of an earlier term.
  // 2. followLeader: the sender leads this term.
  // 3. Refuse if there is no entry prevLogIndex of the term prevLogTerm here; say where the leader may try next.
  // 4. Take the entries over, one by one. One that is here already stays. At the first that is not, cut this log from
  //    there on, and never before. What changes the log must be on disk before the answer leaves.
  // 5. The log is now the leader's up to the last entry of this message. Committed is what leaderCommit says, as far
  //    as that; and never less than before.
  throw new Error('not implemented: append-entries');
}

/**
 * A peer has answered. Its log is now the same as this one up to the last entry that was sent; or it must be tried
 * further in front.
 *
 * @param sent what the peer was asked: since then this log may have grown
 */
export function onAppendEntriesResponse(
  node: RaftState,
  from: string,
  term: number,
  sent: AppendEntries,
  { success, conflictIndex }: AppendEntriesResponse,
  effects: Effects,
): void {
  // TODO(session 9): 1. Drop the answer if the node leads no longer, or the answer is of another term.
  // 2. Success: matchIndex is the last entry of what was sent, never less than before; nextIndex comes after it.
  //    Something may be on a majority now: advanceCommitIndex.
  // 3. Refusal: set nextIndex back, at least by one, to conflictIndex if the peer names one, but never to what is
  //    known to match. An old refusal changes nothing.
  // 4. If the peer still lacks entries, sendAppendEntries.
  throw new Error('not implemented: append-entries-response');
}
