// @since 9
import { applyCommitted } from './commit.ts';
// @end
import { type Effects, noEffects } from './effects.ts';
import { becomeFollower, onElectionTimeout, onRequestVote, onRequestVoteResponse } from './election.ts';
// @until 9
// ~ import { checkQuorum, sendToAll } from './leader.ts';
// ~ import type { RaftMessage } from './messages.ts';
// ~ import { onAppendEntries } from './replication.ts';
// @end
// @since 9
import { checkQuorum, propose, sendToAll } from './leader.ts';
import type { Command, RaftMessage } from './messages.ts';
// @end
// @since 10
import { confirmReads, linearizableRead } from './reads.ts';
// @end
// @since 9
import { onAppendEntries, onAppendEntriesResponse } from './replication.ts';
// @end
import type { RaftState } from './state.ts';

export { createState } from './state.ts';

// ANCHOR: raft-input
/** What can happen to a node. */
export type Input =
  /** It has waited long enough for a leader; or, while it leads, for its followers. */
  | { type: 'electionTimeout' }
  /** A leader should be heard again. */
  | { type: 'heartbeatTimeout' }
  // @since 9
  /** A client wants something done. */
  | { type: 'propose'; command: Command }
  // @end
  // @since 10
  /** A client wants to read; it knows its question again by the id. */
  | { type: 'read'; id: number }
  // @end
  /** A message came that wants an answer. */
  | { type: 'request'; message: RaftMessage }
  /** An answer came to what this node has sent. */
  | { type: 'response'; sent: RaftMessage; message: RaftMessage };
// ANCHOR_END: raft-input

// ANCHOR: raft-step
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
    // @since 9
    case 'propose':
      propose(node, input.command, effects);
      break;
    // @end
    // @since 10
    case 'read':
      linearizableRead(node, input.id, effects);
      break;
    // @end
  }
  // @since 9
  applyCommitted(node, effects);
  // @end
  // @since 10
  confirmReads(node, effects);
  // @end
  return effects;
}
// ANCHOR_END: raft-step

// ANCHOR: raft-observe-term
/** Every message and every answer carries its sender's term. A later one means: this node's term is over. */
function observeTerm(node: RaftState, { term }: RaftMessage, effects: Effects): void {
  if (term > node.currentTerm) becomeFollower(node, term, effects);
}
// ANCHOR_END: raft-observe-term

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
    // @since 9
    node.inFlight.delete(from);
    // @end
    // @since 10
    node.answeredRound.set(from, Math.max(node.answeredRound.get(from)!, sent.data.round));
    // @end
  }
  // @since 9
  onAppendEntriesResponse(node, from, term, sent.data, message.data, effects);
  // @end
}
