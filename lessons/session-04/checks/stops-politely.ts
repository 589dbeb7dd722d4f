import type { Check, Trial } from '../../../src/verify/check.ts';
import { expectPoliteEnd } from '../../shared/polite-end.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM: the leader ends within 2 s, with exit code 0',
  hints: [
    'What must be finished before a node may go?',
    'The given program lets requests finish and closes the log. What in your code could hold it up?',
  ],
  chapter: 'data-store/06-replication.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'The end of a node is given; the check tells a learner whose code holds it up.',
  async run(trial: Trial) {
    const { node } = await new Cluster(trial).leader();
    const ms = await expectPoliteEnd(trial, node);
    trial.fact(`gone ${ms} ms after SIGTERM`);
  },
};
