import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

const AHEAD = 3;

export const check: Check = {
  id: 'later-term-ends-a-leader',
  promise: 'A leader that hears of a later term leads no longer, whoever says so',
  hints: [
    'Terms are the clock of the cluster. What does a message from the future tell a leader?',
    'observeTerm is called with the term of every message and every answer. It enters a later term and becomes a follower.',
  ],
  chapter: 'data-store/06-replication.md#who-next',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node, term } = await cluster.leader();
    const [candidate] = without(node) as [string];
    const later = term + AHEAD;
    // The candidate's log is empty: nobody votes for it, and yet its term counts.
    const vote = { lastLogIndex: 0, lastLogTerm: 0 };
    const answer = await cluster.rpc(node, 'RequestVote', later, candidate, vote);
    trial.expectEqual(answer.data.granted, false, `the vote of ${node} for a candidate with an empty log`);
    trial.expect(answer.term >= later, {
      expected: `${node} answers in term ${later}, of which it has just heard`,
      seen: `it answers in term ${answer.term}`,
    });
    const health = await cluster.health(node);
    trial.expect(
      health !== undefined && health.term >= later && (health.role !== 'leader' || health.term > later),
      {
        expected: `${node} led in term ${term} and follows now, in term ${later}`,
        seen: health ? `${health.role} in term ${health.term}` : 'it is silent',
      },
    );
    const next = await cluster.leader({ after: term });
    trial.fact(`told of term ${later}, ${node} stepped down; ${next.node} leads in term ${next.term}`);
  },
};
