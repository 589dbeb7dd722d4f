import type { Check, Trial } from '../../../src/verify/check.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'follows-who-leads',
  promise:
    'A node enters a later term as soon as it hears of it, with its vote not given, and follows who leads it',
  hints: [
    'Somebody leads in a term that this node has not heard of. Which term is it in then, whom has it voted for, and whom does it follow?',
    'becomeFollower with a later term: currentTerm, votedFor = null, and both on disk. A term that stays the same keeps its vote.',
  ],
  chapter: 'consensus/12-raft-algorithm.md#terms',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    const vote = await peer.askForVote(term, end, 'node3');
    trial.expectEqual(vote.granted, true, `the vote of node1 for node3 in term ${term}`);
    await peer.append(end, [], { term, from: 'node3' });
    const second = await peer.askForVote(term, end, 'node2');
    trial.expectEqual(
      second.granted,
      false,
      `the vote of node1 for node2, when node3 leads in term ${term} with it,`,
    );
    const later = term + 3;
    const heartbeat = await peer.append(end, [], { term: later, from: 'node2' });
    trial.expectEqual(heartbeat.success, true, `the success of node1 with a heartbeat of term ${later}`);
    const { state, currentTerm, votedFor, leader } = await peer.status();
    trial.expectEqual(
      { state, currentTerm, leader },
      { state: 'follower', currentTerm: later, leader: 'node2' },
      `what node1 is after a heartbeat of node2 in term ${later}`,
    );
    trial.expect(votedFor === null || votedFor === 'node2', {
      expected: `in term ${later}, in which nobody has asked for it, the vote of node1 is not given`,
      seen: `votedFor is ${JSON.stringify(votedFor)}`,
    });
    const health = await trial.node(SUBJECT).call('GET', '/health');
    trial.expectEqual(
      [health.body?.role, health.body?.term, health.body?.leader],
      ['follower', later, 'node2'],
      'role, term and leader in /health of node1',
    );
    trial.fact(`node1 followed node3 in term ${term} and node2 in term ${later}`);
  },
};
