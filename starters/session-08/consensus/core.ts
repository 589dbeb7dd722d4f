import { type Effects, noEffects } from './effects.ts';
import { becomeFollower, onElectionTimeout, onRequestVote, onRequestVoteResponse } from './election.ts';
import { checkQuorum, sendToAll } from './leader.ts';
import type { RaftMessage } from './messages.ts';
import { onAppendEntries } from './replication.ts';
import type { RaftState } from './state.ts';

export { createState } from './state.ts';

/** What can happen to a node. */
export type Input =
  /** It has waited long enough for a leader; or, while it leads, for its followers. */
  | { type: 'electionTimeout' }
  /** A leader should be heard again. */
  | { type: 'heartbeatTimeout' }
  /** A message came that wants an answer. */
  | { type: 'request'; message: RaftMessage }
  /** An answer came to what this node has sent. */
  | { type: 'response'; sent: RaftMessage; message: RaftMessage };

/**
 * All of Raft: something happens, the state changes, and something is to be done. The same state and input always give
 * the same: no clock, no network, no disk and no chance in here. (Raft paper, figure 2)
 */
export function step(node: RaftState, input: Input): Effects {
  const effects = noEffects();
  switch (input.type) {
    case 'electionTimeout':
      if (node.state === 'leader') checkQuorum(node, effects);
      else onElectionTimeout(node, effects);
      break;
    case 'heartbeatTimeout':
      if (node.state === 'leader') sendToAll(node, effects);
      break;
    case 'request':
      observeTerm(node, input.message, effects);
      effects.reply = answer(node, input.message, effects);
      break;
    case 'response':
      observeTerm(node, input.message, effects);
      onResponse(node, input.sent, input.message, effects);
      break;
  }
  return effects;
}

/** Every message and every answer carries its sender's term. A later one means: this node's term is over. */
function observeTerm(node: RaftState, { term }: RaftMessage, effects: Effects): void {
  if (term > node.currentTerm) becomeFollower(node, term, effects);
}

function answer(node: RaftState, message: RaftMessage, effects: Effects): RaftMessage | null {
  const { from, term } = message;
  switch (message.type) {
    case 'RequestVote': {
      const data = onRequestVote(node, from, term, message.data, effects);
      return { type: 'RequestVoteResponse', term: node.currentTerm, from: node.id, to: from, data };
    }
    case 'AppendEntries': {
      const data = onAppendEntries(node, from, term, message.data, effects);
      return { type: 'AppendEntriesResponse', term: node.currentTerm, from: node.id, to: from, data };
    }
    default:
      return null;
  }
}

function onResponse(node: RaftState, sent: RaftMessage, message: RaftMessage, effects: Effects): void {
  const { from, term } = message;
  if (message.type === 'RequestVoteResponse') onRequestVoteResponse(node, from, term, message.data, effects);
  if (message.type !== 'AppendEntriesResponse' || sent.type !== 'AppendEntries') return;
  // An answer of this term may be to a question of an earlier one: it says nothing about this node's leadership.
  if (node.state === 'leader' && sent.term === node.currentTerm) {
    node.heardFrom.add(from);
  }
}
