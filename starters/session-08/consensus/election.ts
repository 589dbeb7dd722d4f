import type { Effects } from './effects.ts';
import { becomeLeader } from './leader.ts';
import { lastIndex, lastTerm } from './log.ts';
import type { RequestVote, RequestVoteResponse } from './messages.ts';
import { hasMajority } from './quorum.ts';
import type { RaftState } from './state.ts';

/**
 * Becomes a follower in this term, of whom is not known yet. In a later term than its own a node has voted for nobody.
 *
 * @param term not earlier than the node's own
 */
export function becomeFollower(node: RaftState, term: number, effects: Effects): void {
  // TODO(session 8): 1. If the term is a later one, enter it: with the vote not given yet. Term and vote must be on
  //    disk before an answer leaves.
  // 2. Follow, whatever the node was before. Whom is not known yet.
  throw new Error('not implemented: become-follower');
}

/** No leader was heard for long enough: the node stands for election in a new term. (Raft paper, section 5.2) */
export function onElectionTimeout(node: RaftState, effects: Effects): void {
  // TODO(session 8): 1. Become a candidate in the next term. 2. Vote for yourself. 3. All that must be on disk.
  // 4. Wait once more from the beginning: this election may fail. 5. Send each peer a RequestVote.
  throw new Error('not implemented: election-timeout');
}

/**
 * A candidate asks for this node's vote. One vote a term, and only for a log that is at least as up-to-date as the own
 * one: the log whose last entry has the later term is; of two with the same last term, the longer one.
 * (Raft paper, sections 5.2 and 5.4.1)
 *
 * @param term the candidate's: the node has entered it already, unless it is an earlier one
 */
export function onRequestVote(
  node: RaftState,
  from: string,
  term: number,
  { lastLogIndex, lastLogTerm }: RequestVote,
  effects: Effects,
): RequestVoteResponse {
  // TODO(session 8): 1. Refuse a candidate of an earlier term. 2. Refuse if this term's vote went to somebody else.
  // 3. Refuse if the candidate's log is behind. 4. Otherwise vote for it: on disk before the answer leaves. Who has
  //    just voted gives the candidate time, and waits once more from the beginning; who refuses does not.
  throw new Error('not implemented: request-vote');
}

/** An answer to a RequestVote. With the votes of a majority of all nodes the candidate leads. */
export function onRequestVoteResponse(
  node: RaftState,
  from: string,
  term: number,
  { voteGranted }: RequestVoteResponse,
  effects: Effects,
): void {
  // TODO(session 8): 1. Drop the answer if the node is no candidate any more, or the answer is of another term.
  // 2. Count each voter once. 3. With a majority of all nodes, becomeLeader.
  throw new Error('not implemented: count-votes');
}
