import { describe, expect, test } from 'vitest';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import { drawExplanation } from '../../src/verify/linearizability/draw.ts';
import { explain } from '../../src/verify/linearizability/explain.ts';
import { type Operation, withoutAnswer } from '../../src/verify/linearizability/history.ts';
import {
  DONE,
  found,
  type KeyValueInput,
  type KeyValueOutput,
  MISSING,
} from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import { seededRandom } from '../../src/verify/random.ts';
import { type KeyValueHistory, mutate, simulateStore } from '../support/random-histories.ts';

type KeyValueOperation = Operation<KeyValueInput, KeyValueOutput>;

const key = 'x';
const model = keyValueModel();

function did(
  client: number,
  input: KeyValueInput,
  called: number,
  at: number,
  output: KeyValueOutput = DONE,
): KeyValueOperation {
  return { client: String(client), input, called, answer: { at, output } };
}
const put = (client: number, value: unknown, called: number, at: number) =>
  did(client, { kind: 'put', key, value }, called, at);
const get = (client: number, output: KeyValueOutput, called: number, at: number) =>
  did(client, { kind: 'get', key }, called, at, output);
const append = (client: number, text: string, called: number, at: number) =>
  did(client, { kind: 'append', key, text }, called, at);
const del = (client: number, called: number, at: number) => did(client, { kind: 'delete', key }, called, at);
const cas = (client: number, expected: unknown, value: unknown, called: number, at: number) =>
  did(client, { kind: 'cas', key, expected, value }, called, at);

const CASES: [string, KeyValueOperation[]][] = [
  [
    "client 2 read 1 from x after client 1's write of 2 had been acknowledged, and nobody wrote 1 again.",
    [put(1, 1, 0, 10), put(1, 2, 20, 30), get(2, found(1), 40, 50)],
  ],
  [
    'client 1 read 1 from x after its own write of 2 had been acknowledged, and nobody wrote 1 again.',
    [put(1, 1, 0, 10), put(1, 2, 20, 30), get(1, found(1), 40, 50)],
  ],
  [
    "client 2 found no x after client 1's write of 1 had been acknowledged, and nobody deleted it.",
    [put(1, 1, 0, 10), get(2, MISSING, 20, 30)],
  ],
  [
    "client 2 read 1 from x after client 3's delete had been acknowledged, and nobody wrote 1 again.",
    [put(1, 1, 0, 10), del(3, 20, 30), get(2, found(1), 40, 50)],
  ],
  [
    'client 3 read 1 from x after client 2 had already read 2 from x, and nobody wrote 1 again.',
    [put(1, 1, 0, 10), put(1, 2, 20, 90), get(2, found(2), 30, 40), get(3, found(1), 50, 60)],
  ],
  ['client 2 read 7 from x, but nobody ever wrote 7.', [put(1, 1, 0, 10), get(2, found(7), 20, 30)]],
  [
    'client 2 read 1 from x before anybody had begun to write it; client 1 was the first to.',
    [get(2, found(1), 0, 10), put(1, 1, 20, 30)],
  ],
  [
    'client 2 read 7 from x, but nobody ever wrote 7.',
    [
      put(1, 1, 0, 10),
      get(2, found(7), 20, 30),
      did(3, { kind: 'cas', key, expected: 5, value: 7 }, 40, 50, found(1)),
    ],
  ],
  [
    'client 1 and client 2 both changed x on the condition that it was 1; the first of them made that untrue, and nobody wrote 1 again.',
    [put(3, 1, 0, 10), cas(1, 1, 2, 20, 30), cas(2, 1, 3, 20, 40)],
  ],
  [
    'client 1 and client 2 both changed x on the condition that it did not exist; the first of them made that untrue, and nobody deleted it.',
    [cas(1, null, 2, 20, 30), cas(2, null, 3, 20, 40)],
  ],
  [
    "client 2 read a from x after client 1's append of b had been acknowledged: it is lost.",
    [append(1, 'a', 0, 10), append(1, 'b', 20, 30), get(2, found('a'), 40, 50)],
  ],
  [
    'client 2 found b 2 times in x, but client 1 appended it only once.',
    [append(1, 'a', 0, 10), append(1, 'b', 20, 30), get(2, found('abb'), 40, 50)],
  ],
  [
    'client 2 read aba from x, which nothing that was written until then can have left there.',
    [append(1, 'a', 0, 10), append(1, 'ba', 20, 30), append(1, 'c', 40, 50), get(2, found('aba'), 5, 8)],
  ],
  [
    'client 2 read ba from x, which nothing that was written until then can have left there.',
    [get(2, found('ba'), 0, 10), append(1, 'a', 20, 30), append(1, 'b', 40, 50)],
  ],
  [
    "client 2 read ba from x, where b stands before a; but client 1's append of a had been acknowledged before client 1 began to append b.",
    [append(1, 'a', 0, 10), append(1, 'b', 20, 30), get(2, found('ba'), 40, 50)],
  ],
];

describe('a sentence for a beginner', () => {
  test.each(CASES)('%s', async (sentence, history) => {
    // Much else goes on, which has nothing to do with it.
    const noise = Array.from({ length: 40 }, (_, index) => [
      put(8, `noise ${index}`, 100 + 4 * index, 101 + 4 * index),
      get(9, found(`noise ${index}`), 102 + 4 * index, 103 + 4 * index),
    ]).flat();
    const before = noise.map(({ answer, ...rest }) => ({
      ...rest,
      called: rest.called - 1000,
      answer: { ...answer!, at: answer!.at - 1000 },
    }));
    expect((await explain(model, history))?.sentence).toBe(sentence);
    const clean = history[0]!.answer!.output.kind === 'done' && history[0]!.input.kind === 'put';
    expect((await explain(model, [...(clean ? before : []), ...history, ...noise]))?.sentence).toBe(sentence);
  });
});

describe('an explanation', () => {
  const stale = [
    put(1, 0, 0, 5),
    get(3, found(0), 6, 9),
    put(1, 1, 10, 20),
    put(2, 2, 30, 42.5),
    withoutAnswer(put(4, 3, 31, 0)),
    get(2, found(1), 50, 60),
    get(3, found(2), 70, 80),
  ];

  test('has the operations that contradict each other, as plain data', async () => {
    expect(await explain(model, stale)).toEqual({
      part: 'x',
      sentence:
        'client 2 read 1 from x after its own write of 2 had been acknowledged, and nobody wrote 1 again.',
      bars: [
        { client: '1', words: 'put x=1', called: 10, answered: 20, role: 'contradiction' },
        { client: '2', words: 'put x=2', called: 30, answered: 42.5, role: 'contradiction' },
        { client: '2', words: 'get x -> 1', called: 50, answered: 60, role: 'last' },
      ],
      leftOut: 4,
      minimal: true,
    });
  });

  test('is drawn with bars, of any width', async () => {
    const explanation = (await explain(model, stale))!;
    expect(drawExplanation(explanation, 80).split('\n')).toEqual([
      'client 1  put x=1     |------|                                 0 .. 10 ms',
      'client 2  put x=2                   |------|                20 .. 32.5 ms',
      'client 2  get x -> 1                              |======|    40 .. 50 ms',
    ]);
    for (const width of [20, 40, 60, 200]) {
      const lines = drawExplanation(explanation, width).split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('shows who wrote what was seen, also when the outcome is unknown', async () => {
    const history = [
      put(1, 1, 0, 10),
      withoutAnswer(put(2, 2, 20, 0)),
      get(3, found(2), 30, 40),
      get(4, found(1), 50, 60),
    ];
    const explanation = (await explain(model, history))!;
    expect(explanation.bars.map(({ words, role }) => [words, role])).toEqual([
      ['put x=1', 'contradiction'],
      ['put x=2', 'context'],
      ['get x -> 2', 'contradiction'],
      ['get x -> 1', 'last'],
    ]);
    expect(drawExplanation(explanation, 72).split('\n')[1]).toMatch(
      /^client 2 {2}put x=2 +\|\.+\? +20 ms \.\.$/,
    );
  });

  test('is given only for what is proved', async () => {
    expect(await explain(model, [put(1, 1, 0, 10), get(2, found(1), 20, 30)])).toBeUndefined();
  });

  test('of a long history is a proof by itself, and none of its answers can be left out', async () => {
    const random = seededRandom(12);
    let explained = 0;
    for (let round = 0; round < 30; round++) {
      const kinds = (['put', 'delete', 'cas', 'append'] as const).slice(0, 1 + (round % 4));
      const recipe = {
        clients: 6,
        operations: 150,
        keys: 1,
        kinds: ['get', ...kinds],
        unknown: 0.05,
      } as const;
      const whole = { ...recipe, values: 0, silent: 0 };
      const history = mutate(random, mutate(random, simulateStore(random, whole), whole), whole);
      const explanation = await explain(model, history);
      if (!explanation) continue;
      explained++;
      expect(explanation.minimal).toBe(true);
      const essential = explanation.bars.filter(({ role }) => role !== 'context');
      const kept = history.filter(({ client, called }) =>
        essential.some((bar) => bar.client === client && bar.called === called),
      );
      expect(await contradicts(history, kept)).toBe(true);
      for (const one of kept)
        expect(
          await contradicts(
            history,
            kept.filter((other) => other !== one),
          ),
        ).toBe(false);
    }
    expect(explained).toBeGreaterThan(15);
  });

  test('stops when it is aborted', async () => {
    const reason = new Error('interrupted');
    await expect(explain(model, stale, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

/** Whether these answers contradict each other, whatever all other operations did. */
async function contradicts(history: KeyValueHistory, kept: KeyValueHistory): Promise<boolean> {
  const end = Math.max(...kept.map(({ answer }) => answer!.at));
  const known = history
    .filter(({ called }) => called <= end)
    .map((operation) => (kept.includes(operation) ? operation : withoutAnswer(operation)));
  return (await checkHistory(model, known)).verdict === 'not-linearizable';
}
