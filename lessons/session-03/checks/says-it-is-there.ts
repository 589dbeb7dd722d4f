import type { Check, Trial } from '../../../src/verify/check.ts';
import { NODES, ring } from '../settings.ts';

export const check: Check = {
  id: 'says-it-is-there',
  promise: 'Every node says that it is there, also when it reaches nobody',
  hints: [
    'What can a node say of itself without asking anyone?',
    'GET /health is given. If it fails, look for code that runs at the start of a node and waits for others.',
  ],
  chapter: 'data-store/04-data-partitioning.md#running-the-example',
  services: NODES,
  settings: ring,
  stands: 'GET /health is given; the check tells a node that cannot start from one that is wrong.',
  async run(trial: Trial) {
    await trial.faults.isolate('node1');
    for (const node of NODES) {
      const answer = await trial.node(node).call('GET', '/health');
      trial.expectStatus(answer, 200, `GET /health at ${node}`);
      const { id, status } = answer.body ?? {};
      trial.expectEqual([id, status], [node, 'ok'], `id and status in GET /health of ${node}`);
    }
    trial.fact('all three are there, node1 although it reached nobody');
  },
};
