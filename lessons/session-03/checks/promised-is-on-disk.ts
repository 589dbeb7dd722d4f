import type { Check, Trial } from '../../../src/verify/check.ts';
import { NODES, refusing } from '../settings.ts';
import { Store } from '../store.ts';

const KEYS = 20;

export const check: Check = {
  id: 'promised-is-on-disk',
  promise: 'What was answered with 200 survives the death of all three nodes at once',
  hints: [
    'Each owner has said that it keeps the value. Where is it when the owner dies the moment after?',
    'An owner appends the entry and awaits sync before it says yes. The given code does; does yours wait for it?',
  ],
  chapter: 'data-store/05-cap-theorem.md#refuse',
  services: NODES,
  settings: refusing,
  async run(trial: Trial) {
    const store = new Store(trial);
    const mark = trial.unique('kept');
    const written = new Map<string, number>();
    for (let n = 0; n < KEYS; n++) {
      const { version } = await store.write(NODES[n % 3]!, `${mark}-${n}`, n);
      written.set(`${mark}-${n}`, version);
    }
    await store.remove('node1', `${mark}-0`);
    await Promise.all(NODES.map((node) => trial.faults.kill(node)));
    await Promise.all(NODES.map((node) => trial.faults.restart(node)));
    await trial.eventually('the nodes find each other again', async () => {
      const answer = await store.get('node1', `${mark}-1`);
      return answer.status !== 503;
    });
    for (let n = 1; n < KEYS; n++) {
      const entry = await store.expectValue(
        NODES[(n + 1) % 3]!,
        `${mark}-${n}`,
        n,
        'written before all nodes were killed',
      );
      trial.expectEqual(entry.version, written.get(`${mark}-${n}`), `the version of ${mark}-${n}`);
    }
    await store.expectGone('node2', `${mark}-0`);
    trial.fact(`${KEYS} writes and a deletion were there after all three nodes were killed`);
  },
};
