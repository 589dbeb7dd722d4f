import type { Check, Trial } from '../../../src/verify/check.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

const WITHIN_MS = 2_000;

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM: a node ends within 2 s, also while reads wait for what will not come',
  hints: [
    'A client waits at a node that is told to stop. For how long may it hold the node up?',
    'Every wait has an end: SESSION_WAIT_MS, REQUEST_TIMEOUT_MS. Do not wait in a loop of your own.',
  ],
  chapter: 'data-store/07-consistency.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'The end of a node is given; the check tells a learner whose code holds it up.',
  async run(trial: Trial) {
    const { node: leader } = await new Cluster(trial).leader();
    const node = without(leader)[0]!;
    const client = new Client(trial, '999999999');
    const waiting = client.get(node, 'any', { level: 'session' }).catch(() => undefined);
    const { exitCode, ms } = await trial.terminate(node);
    await waiting;
    trial.expect(exitCode === 0, {
      expected: `after SIGTERM ${node} ends by itself with exit code 0`,
      seen: exitCode === null ? 'the signal or a SIGKILL ended it' : `exit code ${exitCode}`,
    });
    trial.expect(ms <= WITHIN_MS + trial.slackMs, {
      expected: `after SIGTERM ${node} is gone within ${WITHIN_MS / 1000} s`,
      seen: `it took ${Math.round(ms)} ms`,
    });
    trial.fact(`gone ${Math.round(ms)} ms after SIGTERM, with a read that waited`);
  },
};
