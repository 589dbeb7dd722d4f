import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { NODES, refusing } from '../settings.ts';
import { Store } from '../store.ts';

export const check: Check = {
  id: 'one-owner-dies',
  promise: 'MODE=cp: with one of three owners dead the store goes on; with two dead it refuses',
  hints: [
    'How many of three owners may be missing, if more than half is needed?',
    'Look at canServe: it counts the owners that answer, itself included, against all owners of the key.',
  ],
  chapter: 'data-store/05-cap-theorem.md#refuse',
  services: NODES,
  settings: refusing,
  stands:
    'A death looks like a cut to most mistakes; here the node comes back with its disk, and must be told what it missed.',
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('survivor');
    await store.write('node1', key, 1);
    await trial.faults.kill('node3');
    await answers(trial, store, 'node2', key);
    await store.expectValue('node1', key, 2, 'written while node3 was dead');
    await trial.faults.kill('node2');
    const refused = await store.get('node1', key, { timeoutMs: trial.patience(5_000) });
    trial.expectStatus(refused, 503, `GET /${key} at node1, the last of three`);
    await trial.faults.restart('node3');
    await trial.faults.restart('node2');
    await trial.eventually(`node3 reads what was written while it was dead`, async () => {
      const answer = await store.get('node3', key);
      trial.expect(answer.status !== 200 || answer.body.value === 2, {
        expected: 'the value that was acknowledged last, 2',
        seen: `${answer.status} ${brief(answer.body)}`,
      });
      return answer.status === 200;
    });
    trial.fact('two of three went on, one of three refused, and nothing was lost');
  },
};

/** A node may need a moment to notice that another is dead. */
async function answers(trial: Trial, store: Store, node: string, key: string): Promise<void> {
  let seen = '';
  await trial.eventually(
    `PUT /${key} at ${node} is answered with 200 while one of three owners is dead`,
    async () => {
      const answer = await store.put(node, key, 2);
      seen = `${answer.status} ${brief(answer.body)}`;
      return answer.status === 200;
    },
    { seen: () => seen, withinMs: 5_000 },
  );
}
