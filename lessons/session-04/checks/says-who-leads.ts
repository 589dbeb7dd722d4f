import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

export const check: Check = {
  id: 'says-who-leads',
  promise: 'Soon after the start one node leads, and all three name the same one',
  hints: [
    'A node becomes leader when a majority votes for it. Which vote has it got already when it asks the others?',
    'shouldGrantVote decides on votes. If nobody is ever elected, it refuses too much: what if both logs are empty?',
  ],
  chapter: 'data-store/06-replication.md#running-the-example',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const { node, term } = await new Cluster(trial).leader({ withinMs: 6 * ELECTION_MAX_MS });
    trial.fact(`${node} leads in term ${term}, and all three say so`);
  },
};
