import type { Effects } from './effects.ts';
import { becomeFollower } from './election.ts';
import { entriesFrom, lastIndex, termAt } from './log.ts';
import type { AppendEntries, Command } from './messages.ts';
import { hasMajority } from './quorum.ts';
import type { RaftState } from './state.ts';

/** The node has the votes of a majority: it leads from now on, in its term, and tells the others at once. */
export function becomeLeader(node: RaftState, effects: Effects): void {
  node.state = 'leader';
  node.leader = node.id;
  node.heardFrom = new Set();
  effects.resetElectionTimer = true;
  node.nextIndex = new Map(node.peers.map((peer) => [peer, lastIndex(node.log) + 1]));
  node.matchIndex = new Map(node.peers.map((peer) => [peer, 0]));
  node.inFlight = new Set();
  node.round = 0;
  node.answeredRound = new Map(node.peers.map((peer) => [peer, 0]));
  node.firstIndexOfTerm = lastIndex(node.log) + 1;
  // An entry of its own term, so that it can commit what earlier leaders have left. (Raft paper, section 8)
  append(node, null, effects);
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
  const nextIndex = node.nextIndex.get(to)!;
  const data: AppendEntries = {
    prevLogIndex: nextIndex - 1,
    prevLogTerm: termAt(node.log, nextIndex - 1) ?? 0,
    entries: entriesFrom(node.log, nextIndex, node.maxEntriesPerAppend),
    leaderCommit: node.commitIndex,
    round: node.round,
  };
  node.inFlight.add(to);
  effects.send.push({ type: 'AppendEntries', term: node.currentTerm, from: node.id, to, data });
}

/** A client's command: a leader writes it at the end of its log. Nobody else may. */
export function propose(node: RaftState, command: Command, effects: Effects): void {
  if (node.state === 'leader') append(node, command, effects);
}

function append(node: RaftState, command: Command | null, effects: Effects): void {
  const entry = { index: lastIndex(node.log) + 1, term: node.currentTerm, command };
  node.log.push(entry);
  effects.persist = true;
  effects.proposed = entry;
  // Whoever has entries on the way gets these with the next ones, when it has answered.
  for (const peer of node.peers) if (!node.inFlight.has(peer)) sendAppendEntries(node, peer, effects);
}
