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
}
