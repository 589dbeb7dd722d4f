import type { Effects } from './effects.ts';
import { becomeFollower } from './election.ts';
import type { AppendEntries } from './messages.ts';
import { hasMajority } from './quorum.ts';
import type { RaftState } from './state.ts';

/** The node has the votes of a majority: it leads from now on, in its term, and tells the others at once. */
export function becomeLeader(node: RaftState, effects: Effects): void {
  node.state = 'leader';
  node.leader = node.id;
  node.heardFrom = new Set();
  effects.resetElectionTimer = true;
  sendToAll(node, effects);
}

/**
 * A leader's election timeout: whom no majority has answered since the last one may have been replaced long ago. It
 * steps down, so that its clients look elsewhere.
 */
export function checkQuorum(node: RaftState, effects: Effects): void {
  const nodes = node.heardFrom.size + 1;
  node.heardFrom = new Set();
  effects.resetElectionTimer = true;
  if (!hasMajority(nodes, node.clusterSize)) becomeFollower(node, node.currentTerm, effects);
}

/** Tells every peer that the leader is there, and whatever the peer lacks. */
export function sendToAll(node: RaftState, effects: Effects): void {
  for (const peer of node.peers) sendAppendEntries(node, peer, effects);
}

/** Sends a peer what it lacks, as far as the leader knows. */
export function sendAppendEntries(node: RaftState, to: string, effects: Effects): void {
  const data: AppendEntries = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 };
  effects.send.push({ type: 'AppendEntries', term: node.currentTerm, from: node.id, to, data });
}
