import type { Check, Trial } from '../../../src/verify/check.ts';
import { ringRule } from '../ring-rule.ts';
import { NODES, ring } from '../settings.ts';
import { Store } from '../store.ts';

const LONGEST = 256;

export const check: Check = {
  id: 'any-key',
  promise: 'Any name of 1 to 256 bytes is a key, except those that are reserved',
  hints: [
    'A key comes percent-encoded in the path. What is hashed: what came, or what was meant?',
    'ownersOf gets the decoded key. hash takes its UTF-8 bytes, in both languages.',
  ],
  chapter: 'data-store/04-data-partitioning.md#running-the-example',
  services: NODES,
  settings: ring,
  async run(trial: Trial) {
    const store = new Store(trial);
    const rule = ringRule(NODES, { vnodes: 64, replicas: 1 });
    const mark = trial.unique('k');
    const keys = [
      `${mark} with spaces`,
      `${mark}/slash?and#more&%25`,
      `${mark}ü日本👩`,
      `${mark}`.padEnd(LONGEST, 'k'),
    ];
    for (const [n, key] of keys.entries()) {
      await store.write(NODES[n % 3]!, key, n);
      for (const node of NODES) await store.expectValue(node, key, n, 'an unusual name');
      for (const node of NODES) {
        trial.expectEqual(await store.owners(node, key), rule(key), `the owners of ${key}, asked at ${node}`);
      }
    }
    for (const reserved of ['_own', 'health']) {
      const answer = await store.put('node1', reserved, 1);
      trial.expectStatus(answer, 400, `PUT /${reserved}`);
      trial.expectEqual(answer.body?.error, 'reserved_key', `the error of PUT /${reserved}`);
    }
    const tooLong = await store.put('node2', 'k'.repeat(LONGEST + 1), 1);
    trial.expectStatus(tooLong, 400, `PUT of a key of ${LONGEST + 1} bytes`);
    trial.fact(`${keys.length} unusual names, one of ${LONGEST} bytes`);
  },
};
