import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'says-who-leads',
  promise: 'Soon after the start one node leads, and all name the same one',
  hints: [
    'Nobody leads at the start, so nobody is heard. What does a node do when it has waited long enough?',
    'onElectionTimeout stands for election, onRequestVote grants, onRequestVoteResponse counts. If nobody ever leads, one of them refuses or forgets too much.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#running-the-example',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node, term } = await cluster.leader({ withinMs: 6 * ELECTION_MAX_MS });
    for (const name of NODES) await cluster.status(name);
    await cluster.expectOneLeaderATerm();
    trial.fact(`${node} leads in term ${term}, and all say so`);
  },
};
