import type { Check, Trial } from '../../../src/verify/check.ts';
import { NODES, ring } from '../settings.ts';
import { Store } from '../store.ts';

export const check: Check = {
  id: 'versions-grow',
  promise: 'Each write of a key has a higher version, and a deleted key is gone everywhere',
  hints: [
    'How would a reader tell an old value from a new one?',
    'The given code counts: highest version seen, plus one. A deleted key keeps its version, or the next write would look old.',
  ],
  chapter: 'data-store/04-data-partitioning.md#running-the-example',
  services: NODES,
  settings: ring,
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('counted');
    await store.expectGone('node1', key);
    let last = 0;
    for (const [n, node] of [...NODES, ...NODES].entries()) {
      const { version } = await store.write(node, key, n);
      trial.expect(version > last, {
        expected: `the write of ${key} at ${node} has a higher version than ${last}`,
        seen: `version ${version}`,
      });
      last = version;
    }
    await store.remove('node2', key);
    for (const node of NODES) await store.expectGone(node, key);
    const { version } = await store.write('node3', key, 'again');
    trial.expect(version > last, {
      expected: `a write after the deletion has a higher version than ${last}`,
      seen: `version ${version}`,
    });
    for (const node of NODES) await store.expectValue(node, key, 'again', 'written after it was deleted');
    trial.fact(`six writes, a deletion and one more write: versions up to ${version}`);
  },
};
