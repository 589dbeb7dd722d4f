import type { Check, Trial } from '../../../src/verify/check.ts';
import { ringRule } from '../ring-rule.ts';
import { NODES, ring } from '../settings.ts';
import { Store } from '../store.ts';

const KEYS = 1_000;

export const check: Check = {
  id: 'owner-by-the-ring',
  promise: 'Which node owns a key follows from the ring alone, and every node names the same one',
  hints: [
    'A key goes clockwise to the next point. What comes after the last point of the ring?',
    'Look at buildRing and ownersOf: points at hash(node#i), sorted by hash; the first point that is not before the key; past the end it begins again.',
  ],
  chapter: 'data-store/04-data-partitioning.md#the-ring',
  services: NODES,
  settings: ring,
  async run(trial: Trial) {
    const store = new Store(trial);
    const rule = ringRule(NODES, { vnodes: 64, replicas: 1 });
    const keys = ['key', 'apple', 'banana', ...Array.from({ length: KEYS }, (_, n) => `key-${n}`)];
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(rule(key)[0]!, (counts.get(rule(key)[0]!) ?? 0) + 1);
    await Promise.all(
      NODES.map(async (node, share) => {
        for (const key of keys.filter((_, index) => index % NODES.length === share)) {
          trial.expectEqual(
            await store.owners(node, key),
            rule(key),
            `the owners of ${key}, asked at ${node}`,
          );
        }
      }),
    );
    for (const node of NODES) {
      trial.expectEqual(
        await store.owners(node, 'banana'),
        rule('banana'),
        `the owners of banana at ${node}`,
      );
    }
    trial.fact(
      `${keys.length} keys: ${NODES.map((node) => `${node} owns ${counts.get(node) ?? 0}`).join(', ')}`,
    );
  },
};
