import type { Check, Trial } from '../../../src/verify/check.ts';
import { ringRule } from '../ring-rule.ts';
import { NODES, ring } from '../settings.ts';
import { Store } from '../store.ts';

export const check: Check = {
  id: 'written-anywhere',
  promise: 'A key can be written and read at every node, and lies on its owner alone',
  hints: [
    'A client does not know the ring. What does a node do with a key that is not its own?',
    'Look at ownersOf, and where the given code asks it: a request for a foreign key goes to its owner, and the answer comes back unchanged.',
  ],
  chapter: 'data-store/04-data-partitioning.md#the-ring',
  services: NODES,
  settings: ring,
  async run(trial: Trial) {
    const store = new Store(trial);
    const rule = ringRule(NODES, { vnodes: 64, replicas: 1 });
    // As the design's own test does it: curl, without a header.
    const curl = await trial.node('node1').call('PUT', '/key', undefined, {
      raw: '{"value": "data"}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    trial.expectStatus(curl, 200, `curl -X PUT /key -d '{"value": "data"}' at node1`);
    await store.expectValue('node2', 'key', 'data', 'written at node1');
    const prefix = trial.unique('anywhere');
    const values: unknown[] = [
      null,
      false,
      0,
      '',
      [],
      { deep: [[1.5]] },
      'Grüße 日本語',
      'x'.repeat(100_000),
      7,
    ];
    for (const [n, value] of values.entries()) {
      const key = `${prefix}-${n}`;
      const [owner] = rule(key);
      const first = await store.write(NODES[n % 3]!, key, value);
      for (const node of NODES) {
        const entry = await store.expectValue(node, key, value, `written at ${NODES[n % 3]}`);
        trial.expectEqual(entry.servedBy, owner, `servedBy of ${key} at ${node}`);
        trial.expectEqual(entry.version, first.version, `the version of ${key} at ${node}`);
      }
    }
    for (const node of NODES) {
      const held = [...(await store.localKeys(node))].filter((key) => key.startsWith(prefix));
      const foreign = held.filter((key) => rule(key)[0] !== node);
      trial.expect(foreign.length === 0, {
        expected: `with REPLICAS=1 ${node} holds its own keys and no others`,
        seen: `GET /_local shows ${foreign[0]}, which belongs to ${rule(foreign[0] ?? '')[0]}`,
      });
      const own = values.map((_, n) => `${prefix}-${n}`).filter((key) => rule(key)[0] === node);
      const missing = own.filter((key) => !held.includes(key));
      trial.expect(missing.length === 0, {
        expected: `GET /_local at ${node} shows the keys that it owns`,
        seen: `${missing[0]} is not there`,
      });
    }
    trial.fact(`${values.length} values came back unchanged from all three nodes`);
  },
};
