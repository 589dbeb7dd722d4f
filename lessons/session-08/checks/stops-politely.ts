import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { expectPoliteEnd } from '../../shared/polite-end.ts';

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM: the leader ends within 2 s, with exit code 0',
  hints: [
    'What must be finished before a node may go?',
    'The given program lets requests finish and closes the disk. What in your code could hold it up?',
  ],
  chapter: 'consensus/13-raft-leader-election.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'The end of a node is given; the check tells a learner whose code holds it up.',
  async run(trial: Trial) {
    const { node } = await new Cluster(trial).leader();
    trial.fact(`gone ${await expectPoliteEnd(trial, node)} ms after SIGTERM`);
  },
};
