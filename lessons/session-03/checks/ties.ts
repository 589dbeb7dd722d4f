import type { Check, Trial } from '../../../src/verify/check.ts';
import { answering, NODES } from '../settings.ts';
import { Store } from '../store.ts';

/** Written a few at a time: many at once would be stamped one after the other. */
const ROUNDS = 12;
const AT_ONCE = 4;
const PAIRS = ROUNDS * AT_ONCE;

export const check: Check = {
  id: 'ties',
  promise:
    'MODE=ap: many keys written on both sides at the same moment, and after the heal all owners agree on each',
  hints: [
    'Two writes can have the same timestamp: a millisecond is long. Do both owners then choose the same one?',
    'Look at merge: merge(a, b) and merge(b, a) must give the same entry, also when the timestamps are equal.',
  ],
  chapter: 'data-store/05-cap-theorem.md#last-write-wins',
  services: NODES,
  settings: answering,
  async run(trial: Trial) {
    const store = new Store(trial);
    const mark = trial.unique('tie');
    const keys = Array.from({ length: PAIRS }, (_, n) => `${mark}-${n}`);
    await trial.faults.partition([['node1'], ['node2', 'node3']]);
    for (let round = 0; round < ROUNDS; round++) {
      const some = keys.slice(round * AT_ONCE, (round + 1) * AT_ONCE);
      await Promise.all(
        some.flatMap((key) => [store.write('node1', key, 'one'), store.write('node3', key, 'three')]),
      );
    }
    await trial.faults.heal();
    let seen = '';
    await trial.eventually(
      `all three nodes give the same value for each of ${PAIRS} keys`,
      async () => {
        for (const key of keys) {
          const values = await Promise.all(
            NODES.map(async (node) => (await store.get(node, key)).body?.value),
          );
          const other = values.findIndex((value) => value !== values[0]);
          if (other === -1) continue;
          seen = `${key} is "${values[0]}" at node1 and "${values[other]}" at ${NODES[other]}`;
          return false;
        }
        return true;
      },
      { seen: () => seen },
    );
    trial.fact(`${PAIRS} keys were written on both sides at once; all owners agree on each of them`);
  },
};
