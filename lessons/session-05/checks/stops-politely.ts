import type { Check, Trial } from '../../../src/verify/check.ts';
import { expectPoliteEnd } from '../../shared/polite-end.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

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
    const ms = await expectPoliteEnd(trial, node);
    await waiting;
    trial.fact(`gone ${ms} ms after SIGTERM, with a read that waited`);
  },
};
