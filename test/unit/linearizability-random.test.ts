import { describe, expect, test } from 'vitest';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import type { KeyValueInput } from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import { seededRandom } from '../../src/verify/random.ts';
import {
  bruteForce,
  type HistoryRecipe,
  inventHistory,
  type KeyValueHistory,
  mutate,
  simulateStore,
} from '../support/random-histories.ts';

const model = keyValueModel();
const { shape: _shape, ...plainModel } = model;

const KINDS: KeyValueInput['kind'][][] = [
  ['get', 'put'],
  ['get', 'put', 'delete'],
  ['get', 'put', 'cas'],
  ['get', 'append'],
  ['get', 'get', 'put', 'append', 'append'],
  ['get', 'get', 'put', 'delete', 'cas', 'append'],
];

function randomRecipe(random: () => number, operations: number): HistoryRecipe {
  return {
    clients: 2 + Math.floor(random() * 4),
    operations,
    keys: 1,
    kinds: KINDS[Math.floor(random() * KINDS.length)]!,
    unknown: random() < 0.5 ? 0 : random() * 0.4,
    values: Math.floor(random() * 4),
    silent: random() < 0.5 ? 0 : 0.5,
  };
}

/** Both algorithms, with and without short cuts. An undecided one says nothing. */
async function verdicts(history: KeyValueHistory, budgetMs: number): Promise<Set<string>> {
  const all = new Set<string>();
  for (const specification of [model, plainModel]) {
    for (const algorithm of ['depth-first', 'just-in-time'] as const) {
      all.add((await checkHistory(specification, history, { algorithms: [algorithm], budgetMs })).verdict);
    }
  }
  all.delete('unknown');
  return all;
}

describe('small histories', () => {
  test.each([1, 2, 3, 4])('agree with trying out every order (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const seen = { linearizable: 0, 'not-linearizable': 0 };
    for (let round = 0; round < 2500; round++) {
      const recipe = randomRecipe(random, 1 + Math.floor(random() * 7));
      let history = round % 2 === 0 ? inventHistory(random, recipe) : simulateStore(random, recipe);
      for (let change = round % 3; change > 0; change--) history = mutate(random, history, recipe);
      const expected = bruteForce(history) ? 'linearizable' : 'not-linearizable';
      seen[expected]++;
      const got = await verdicts(history, 5_000);
      if (got.size !== 1 || !got.has(expected))
        expect.fail(`${[...got]}, not ${expected}: ${print(history)}`);
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(375);
  });
});

describe('longer histories', () => {
  test.each([5, 6])('of a correct store are accepted (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    for (let round = 0; round < 60; round++) {
      const recipe = { ...randomRecipe(random, 60), values: 0, silent: 0, unknown: 0.05 };
      const history = simulateStore(random, recipe);
      expect((await checkHistory(model, history)).verdict).toBe('linearizable');
      expect(await verdicts(history, 100), print(history)).toEqual(new Set(['linearizable']));
    }
  });

  test.each([7, 8])('that were tampered with are judged alike by both algorithms (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      const recipe = randomRecipe(random, 20 + Math.floor(random() * 20));
      const history = mutate(random, simulateStore(random, recipe), recipe);
      const got = await verdicts(history, 100);
      if (got.size > 1) expect.fail(`${[...got]}: ${print(history)}`);
      if (got.has('not-linearizable')) refused++;
    }
    expect(refused).toBeGreaterThan(5);
  });

  test.each([
    ['10 clients', 10, 3000, 0.02, ['get', 'put']],
    ['50 clients', 50, 3000, 0.02, ['get', 'put', 'cas']],
    ['50 clients, and keys deleted', 50, 3000, 0.02, ['get', 'get', 'put', 'delete']],
    ['10 clients, and appends', 10, 600, 0.02, ['get', 'put', 'append']],
  ] as const)(
    'of thousands of operations on one key: %s',
    async (_name, clients, operations, unknown, kinds) => {
      const random = seededRandom(9);
      const recipe = { clients, operations, keys: 1, kinds, unknown, values: 0, silent: 0 };
      const history = simulateStore(random, recipe);
      expect((await checkHistory(model, history)).verdict).toBe('linearizable');
      // Late in the history somebody reads what was overwritten long ago.
      const reads = [...history.keys()].filter((index) => history[index]!.answer?.output.kind === 'value');
      const [early, late] = [reads[5]!, reads.at(-5)!];
      const answer = { at: history[late]!.answer!.at, output: history[early]!.answer!.output };
      const stale = history.with(late, { ...history[late]!, input: { kind: 'get', key: 'k0' }, answer });
      expect((await checkHistory(model, stale)).verdict).toBe('not-linearizable');
    },
  );
});

function print(history: KeyValueHistory): string {
  return history
    .map(
      ({ called, answer, input }) =>
        `${called}..${answer?.at ?? ''} ${model.describe(input, answer?.output)}`,
    )
    .join('\n');
}
