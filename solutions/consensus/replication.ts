// @since 9
import { advanceCommitIndex } from './commit.ts';
// @end
import type { Effects } from './effects.ts';
import { becomeFollower } from './election.ts';
// @since 9
import { sendAppendEntries } from './leader.ts';
import { conflictIndex, cutFrom, lastIndex, termAt } from './log.ts';
// @end
// @until 9
// ~ import { lastIndex, lastTerm } from './log.ts';
// @end
import type { AppendEntries, AppendEntriesResponse } from './messages.ts';
import type { RaftState } from './state.ts';

// ANCHOR: raft-follow-leader
/** This term's leader was heard: the node follows it, and waits once more from the beginning. */
export function followLeader(node: RaftState, leader: string, effects: Effects): void {
  becomeFollower(node, node.currentTerm, effects);
  node.leader = leader;
  effects.resetElectionTimer = true;
}
// ANCHOR_END: raft-follow-leader

// ANCHOR: raft-append-entries
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
  // @until 9
  // ~ { prevLogIndex, prevLogTerm, entries }: AppendEntries,
  // @end
  // @since 9
  { prevLogIndex, prevLogTerm, entries, leaderCommit }: AppendEntries,
  // @end
  effects: Effects,
): AppendEntriesResponse {
  // @until 9
  // ~ if (term < node.currentTerm) return { success: false, matchIndex: 0 };
  // ~ followLeader(node, from, effects);
  // ~ // Nobody writes a log before session 9. What fits at the end is taken, so that there is something to compare.
  // ~ if (prevLogIndex !== lastIndex(node.log) || prevLogTerm !== lastTerm(node.log)) {
  // ~   return { success: false, matchIndex: 0 };
  // ~ }
  // ~ node.log.push(...entries);
  // ~ if (entries.length > 0) effects.persist = true;
  // ~ return { success: true, matchIndex: lastIndex(node.log) };
  // @end
  // @since 9
  // @exercise 9 append-entries
  if (term < node.currentTerm) return { success: false, matchIndex: 0 };
  followLeader(node, from, effects);
  if (termAt(node.log, prevLogIndex) !== prevLogTerm) {
    return { success: false, matchIndex: 0, conflictIndex: conflictIndex(node.log, prevLogIndex) };
  }
  for (const entry of entries) {
    if (termAt(node.log, entry.index) === entry.term) continue;
    cutFrom(node.log, entry.index);
    node.log.push(entry);
    effects.persist = true;
  }
  const matchIndex = prevLogIndex + entries.length;
  node.commitIndex = Math.max(node.commitIndex, Math.min(leaderCommit, matchIndex));
  return { success: true, matchIndex };
  // ~ // TODO(session 9): 1. Refuse a leader of an earlier term.
  // ~ // 2. followLeader: the sender leads this term.
  // ~ // 3. Refuse if there is no entry prevLogIndex of the term prevLogTerm here; say where the leader may try next.
  // ~ // 4. Take the entries over, one by one. One that is here already stays. At the first that is not, cut this log from
  // ~ //    there on, and never before. What changes the log must be on disk before the answer leaves.
  // ~ // 5. The log is now the leader's up to the last entry of this message. Committed is what leaderCommit says, as far
  // ~ //    as that; and never less than before.
  // ~ throw new Error('not implemented: append-entries');
  // @end
  // @end
}
// ANCHOR_END: raft-append-entries

// @since 9
// ANCHOR: raft-append-entries-response
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
  // @exercise 9 append-entries-response
  if (node.state !== 'leader' || term !== node.currentTerm) return;
  const known = node.matchIndex.get(from)!;
  if (success) {
    const matchIndex = Math.max(known, sent.prevLogIndex + sent.entries.length);
    node.matchIndex.set(from, matchIndex);
    node.nextIndex.set(from, matchIndex + 1);
    advanceCommitIndex(node);
  } else {
    const earlier = Math.min(sent.prevLogIndex, conflictIndex ?? sent.prevLogIndex);
    if (earlier >= node.nextIndex.get(from)!) return;
    node.nextIndex.set(from, Math.max(known + 1, earlier));
  }
  if (node.nextIndex.get(from)! <= lastIndex(node.log)) sendAppendEntries(node, from, effects);
  // ~ // TODO(session 9): 1. Drop the answer if the node leads no longer, or the answer is of another term.
  // ~ // 2. Success: matchIndex is the last entry of what was sent, never less than before; nextIndex comes after it.
  // ~ //    Something may be on a majority now: advanceCommitIndex.
  // ~ // 3. Refusal: set nextIndex back, at least by one, to conflictIndex if the peer names one, but never to what is
  // ~ //    known to match. An old refusal changes nothing.
  // ~ // 4. If the peer still lacks entries, sendAppendEntries.
  // ~ throw new Error('not implemented: append-entries-response');
  // @end
}
// ANCHOR_END: raft-append-entries-response
// @end
