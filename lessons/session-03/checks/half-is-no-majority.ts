import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { NODES, twoCopies } from '../settings.ts';
import { Store } from '../store.ts';

/** A refusal must not take longer than this on an idle machine, ms. */
const BOUND_MS = 5_000;

export const check: Check = {
  id: 'half-is-no-majority',
  promise: 'MODE=cp with two copies: cut apart, neither owner goes on alone, for half is no majority',
  hints: [
    'Two owners of a key are cut apart. If one of them may go on with half of the owners, what may the other one do?',
    'Look at canServe: "more than half" and "at least half" are the same for three owners, and not for two.',
  ],
  chapter: 'data-store/05-cap-theorem.md#copies',
  services: NODES,
  settings: twoCopies,
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('pair');
    await store.write('node1', key, 'before');
    const [one, other, ...more] = await store.owners('node1', key);
    trial.expect(one !== undefined && other !== undefined && more.length === 0, {
      expected: `with REPLICAS=2 the key ${key} has two owners`,
      seen: brief([one, other, ...more]),
    });
    await trial.faults.partition([[one], NODES.filter((node) => node !== one)]);
    for (const node of [one, other]) await expectRefused(trial, store, node, key);
    await trial.faults.heal();
    const seen: string[] = [];
    await trial.eventually(
      `${other} writes again when the two owners reach each other`,
      async () => {
        const answer = await store.put(other, key, 'after');
        seen.push(`${answer.status} ${brief(answer.body)}`);
        return answer.status === 200;
      },
      { seen: () => seen.at(-1)!, withinMs: BOUND_MS },
    );
    trial.fact(`${one} and ${other}, cut apart, both refused; together they went on`);
  },
};

async function expectRefused(trial: Trial, store: Store, node: string, key: string): Promise<void> {
  const options = { timeoutMs: trial.patience(BOUND_MS) };
  const write = await store.put(node, key, `from ${node} alone`, options);
  const read = await store.get(node, key, options);
  const half = `at ${node}, which reaches one of two owners`;
  // An owner that was told before the others fell silent makes a write a "maybe".
  trial.expectStatus(write, [503, 504], `PUT /${key} ${half},`);
  trial.expectStatus(read, 503, `GET /${key} ${half},`);
}
