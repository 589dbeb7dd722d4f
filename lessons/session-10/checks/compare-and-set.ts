import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues } from '../../consensus/key-values.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { Electorate } from '../../shared/electorate.ts';

const CLIENTS = 9;
const ROUNDS = 3;

export const check: Check = {
  id: 'compare-and-set',
  promise: 'Of many who compare and set at once, one succeeds; the others are told what stood against it',
  hints: [
    'Nine clients want the same lock. When is it decided who gets it: when they ask, or when the command is applied?',
    "execute, 'cas': write only if the key holds what is expected; expected null means that there is no such key. Else the result is 'mismatch', with what it holds.",
  ],
  chapter: 'consensus/15-consensus-system.md#a-log-becomes-a-store',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    await new Electorate(trial, NODES).leader();
    const key = trial.unique('lock');
    const steps: [expected: unknown, value: unknown, holds: boolean, why: string][] = [
      ['anything', 'one', false, 'when there is no such key'],
      [null, 'two', true, 'when there is no such key'],
      [null, 'three', false, 'when it holds "two"'],
      ['two', { deep: [1, { a: 1, b: null }] }, true, 'when it holds "two"'],
      [{ deep: [1, { a: 1, b: 2 }] }, 'four', false, 'when b is null in what it holds'],
      [{ deep: [1, { b: null, a: 1 }] }, 1, true, 'which is the same JSON as what it holds'],
      [true, 'six', false, 'when it holds 1, which is another thing than true'],
      ['1', 'seven', false, 'when it holds 1, which is a number and no text'],
      [1, null, true, 'when it holds 1'],
      [null, 'eight', false, 'when it holds null: there is such a key, with null as its value'],
      [0, 'nine', false, 'when it holds null'],
    ];
    let holding: unknown;
    for (const [expected, value, fits, why] of steps) {
      const what = `PUT with expected ${JSON.stringify(expected)}, ${why},`;
      const answer = await trial.eventually(`${what} is decided`, async () => {
        const one = await store.compareAndSet('node2', key, expected, value);
        // What nobody knows may have happened: then the next round has begun already, and this one says nothing.
        if (one.status === 504) trial.inconclusive(`${what} got no answer in time.`, 'Run it again.');
        return one.status !== 503 && one;
      });
      trial.expectStatus(answer, fits ? 200 : 409, what);
      if (fits) {
        holding = value;
        continue;
      }
      trial.expectEqual(answer.body?.error, 'mismatch', `the error of ${what}`);
      trial.expectEqual(
        answer.body?.value ?? undefined,
        holding ?? undefined,
        `the value that stood against ${what}`,
      );
    }
    for (let round = 1; round <= ROUNDS; round++) {
      const race = trial.unique('race');
      const answers = await Promise.all(
        Array.from({ length: CLIENTS }, (_, n) =>
          store.compareAndSet(NODES[n % NODES.length]!, race, null, n),
        ),
      );
      const winners = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []));
      const unknown = answers.some(({ status }) => status === 504);
      for (const answer of answers)
        trial.expectStatus(answer, [200, 409, 503, 504], `PUT /kv/${race} with expected null`);
      trial.expect(winners.length <= 1, {
        expected: `of ${CLIENTS} clients who say that ${race} must not exist, one at most is told that it was the first`,
        seen: `clients ${winners.join(', ')} were told so`,
      });
      if (winners.length === 0 || unknown) continue;
      await store.expectValue(
        NODES[round % NODES.length]!,
        race,
        winners[0],
        `client ${winners[0]} was told that it was the first`,
      );
    }
    trial.fact(`${ROUNDS} races of ${CLIENTS} clients, and never two winners`);
  },
};
