import type { Check, Trial } from '../../../src/verify/check.ts';
import { ringRule } from '../ring-rule.ts';
import { NODES, ring } from '../settings.ts';
import { Store } from '../store.ts';

const KEYS = 120;

export const check: Check = {
  id: 'join-and-leave',
  promise: 'When a node joins or leaves, only the keys move that must, and every key can still be read',
  hints: [
    'A newcomer takes its place on the ring. Whose keys pass to it, and whose stay where they are?',
    'Look at buildRing: the points of a node depend on its name and number alone, so that those of the others stay where they were.',
  ],
  chapter: 'data-store/04-data-partitioning.md#a-node-joins',
  services: NODES,
  settings: ring,
  async run(trial: Trial) {
    const store = new Store(trial);
    const mark = trial.unique('moved');
    const keys = Array.from({ length: KEYS }, (_, n) => `${mark}-${n}`);
    const two = ringRule(['node1', 'node2'], { vnodes: 64, replicas: 1 });
    const three = ringRule(NODES, { vnodes: 64, replicas: 1 });
    await store.changeRing('node1', ['node1', 'node2']);
    for (const [n, key] of keys.entries()) await store.write(NODES[n % 3]!, key, n);
    await expectPlaces(trial, store, keys, two, 'while node3 is not in the ring');
    const joined = await store.changeRing('node2', NODES);
    await expectPlaces(trial, store, keys, three, 'after node3 joined');
    for (const [n, key] of keys.entries())
      await store.expectValue(NODES[(n + 1) % 3]!, key, n, 'after node3 joined');
    await store.changeRing('node3', ['node1', 'node2']);
    await expectPlaces(trial, store, keys, two, 'after node3 left');
    for (const [n, key] of keys.entries())
      await store.expectValue(NODES[(n + 2) % 3]!, key, n, 'after node3 left');
    await store.changeRing('node1', NODES);
    const moved = keys.filter((key) => two(key)[0] !== three(key)[0]);
    trial.fact(
      `node3 joined: ${moved.length} of our ${KEYS} keys moved to it, and none anywhere else (it said ${joined} in all)`,
    );
  },
};

/** Each key lies where the rule says, and nowhere else. */
async function expectPlaces(
  trial: Trial,
  store: Store,
  keys: readonly string[],
  rule: (key: string) => string[],
  when: string,
): Promise<void> {
  let seen = '';
  await trial.eventually(
    `each key lies on its owner alone ${when}`,
    async () => {
      seen = '';
      for (const node of NODES) {
        const held = await store.localKeys(node);
        const wrong = keys.find((key) => held.has(key) !== (rule(key)[0] === node));
        if (!wrong) continue;
        seen = held.has(wrong)
          ? `${node} holds ${wrong}, which belongs to ${rule(wrong)[0]}`
          : `${node} does not hold ${wrong}, which belongs to it`;
        return false;
      }
      return true;
    },
    { seen: () => seen, withinMs: 5_000 },
  );
}
