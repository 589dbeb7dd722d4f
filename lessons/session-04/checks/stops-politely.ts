import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

const WITHIN_MS = 2_000;

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
    const { exitCode, ms } = await trial.terminate(node);
    trial.expect(exitCode === 0, {
      expected: `after SIGTERM ${node} ends by itself with exit code 0`,
      seen: exitCode === null ? 'the signal or a SIGKILL ended it' : `exit code ${exitCode}`,
    });
    trial.expect(ms <= WITHIN_MS + trial.slackMs, {
      expected: `after SIGTERM ${node} is gone within ${WITHIN_MS / 1000} s`,
      seen: `it took ${Math.round(ms)} ms`,
    });
    trial.fact(`gone ${Math.round(ms)} ms after SIGTERM`);
  },
};
