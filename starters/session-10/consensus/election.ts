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
  if (term > node.currentTerm) {
    node.currentTerm = term;
    node.votedFor = null;
    effects.persist = true;
  }
  node.state = 'follower';
  node.leader = null;
}

/** No leader was heard for long enough: the node stands for election in a new term. (Raft paper, section 5.2) */
export function onElectionTimeout(node: RaftState, effects: Effects): void {
  node.state = 'candidate';
  node.leader = null;
  node.currentTerm += 1;
  node.votedFor = node.id;
  node.votes = new Set([node.id]);
  effects.persist = true;
  effects.resetElectionTimer = true;
  const data = { lastLogIndex: lastIndex(node.log), lastLogTerm: lastTerm(node.log) };
  for (const to of node.peers) {
    effects.send.push({ type: 'RequestVote', term: node.currentTerm, from: node.id, to, data });
  }
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
  const own = { term: lastTerm(node.log), index: lastIndex(node.log) };
  const isUpToDate = lastLogTerm > own.term || (lastLogTerm === own.term && lastLogIndex >= own.index);
  const isFree = node.votedFor === null || node.votedFor === from;
  const voteGranted = term === node.currentTerm && isFree && isUpToDate;
  if (voteGranted) {
    node.votedFor = from;
    effects.persist = true;
    effects.resetElectionTimer = true;
  }
  return { voteGranted };
}

/** An answer to a RequestVote. With the votes of a majority of all nodes the candidate leads. */
export function onRequestVoteResponse(
  node: RaftState,
  from: string,
  term: number,
  { voteGranted }: RequestVoteResponse,
  effects: Effects,
): void {
  if (node.state !== 'candidate' || term !== node.currentTerm) return;
  if (!voteGranted) return;
  node.votes.add(from);
  if (hasMajority(node.votes.size, node.clusterSize)) becomeLeader(node, effects);
}
