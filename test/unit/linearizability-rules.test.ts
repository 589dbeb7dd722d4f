import { describe, expect, test } from 'vitest';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import type { Operation } from '../../src/verify/linearizability/history.ts';
import {
  DONE,
  found,
  type KeyValueInput,
  type KeyValueOutput,
  MISMATCH,
  MISSING,
} from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import { type Model, REJECTED } from '../../src/verify/linearizability/model.ts';
import { bruteForce } from '../support/random-histories.ts';

type KeyValueOperation = Operation<KeyValueInput, KeyValueOutput>;

const key = 'x';
let clients = 0;

/** Each operation has a client of its own. */
function did(input: KeyValueInput, called: number, at: number, output: KeyValueOutput): KeyValueOperation {
  return { client: String(++clients), input, called, answer: { at, output } };
}
const put = (value: unknown, called: number, at: number) =>
  did({ kind: 'put', key, value }, called, at, DONE);
const del = (called: number, at: number, output = DONE) => did({ kind: 'delete', key }, called, at, output);
const append = (text: string, called: number, at: number) =>
  did({ kind: 'append', key, text }, called, at, DONE);
const get = (called: number, at: number, output: KeyValueOutput) =>
  did({ kind: 'get', key }, called, at, output);
const cas = (expected: unknown, value: unknown, called: number, at: number, output = DONE) =>
  did({ kind: 'cas', key, expected, value }, called, at, output);
/** The outcome is unknown. */
const maybe = ({ client, input, called }: KeyValueOperation): KeyValueOperation => ({
  client,
  input,
  called,
});

const model = keyValueModel();
const { shape: _shape, ...plainModel } = model;

/** Both algorithms alone and together, with and without short cuts, and every order tried out, say the same. */
async function expectVerdict(
  linearizable: boolean,
  history: KeyValueOperation[],
  specification: Model<any, any, any> = model,
) {
  const verdict = linearizable ? 'linearizable' : 'not-linearizable';
  for (const one of [specification, ...(specification === model ? [plainModel] : [])]) {
    for (const algorithms of [['depth-first'], ['just-in-time'], ['depth-first', 'just-in-time']] as const) {
      const result = await checkHistory(one, history, { algorithms });
      expect(result.verdict, `${algorithms}`).toBe(verdict);
    }
  }
  expect(bruteForce(history, specification)).toBe(linearizable);
}

const YES: [string, KeyValueOperation[]][] = [
  ['nothing happened', []],
  ['only unknown outcomes', [maybe(put(1, 0, 0)), maybe(get(0, 0, MISSING))]],
  ['a read after a write', [put(1, 0, 10), get(20, 30, found(1))]],
  ['a read of a key that was never written', [get(0, 10, MISSING)]],
  ['a read at the same time as a write: the new value', [put(1, 0, 100), get(10, 20, found(1))]],
  ['a read at the same time as a write: the old value', [put(1, 0, 100), get(10, 20, MISSING)]],
  ['a call at the very ms of an answer overlaps it', [put(1, 0, 10), get(10, 20, MISSING)]],
  ['two writes at the same time: either may be last', [put(1, 0, 10), put(2, 0, 10), get(20, 30, found(1))]],
  [
    'a second read at the same time sees the old value',
    [put(1, 0, 100), get(10, 50, found(1)), get(20, 60, MISSING)],
  ],
  ['an unknown write took effect', [maybe(put(1, 0, 0)), get(20, 30, found(1))]],
  ['an unknown write took effect late', [maybe(put(1, 0, 0)), get(20, 30, MISSING), get(40, 50, found(1))]],
  [
    'an unknown write took effect after an acknowledged one',
    [maybe(put(1, 0, 0)), put(2, 10, 20), get(30, 40, found(1))],
  ],
  [
    'an unknown write never took effect',
    [maybe(put(1, 0, 0)), put(2, 10, 20), get(30, 40, found(2)), get(50, 60, found(2))],
  ],
  ['an unknown delete took effect', [put(1, 0, 10), maybe(del(20, 0)), get(30, 40, MISSING)]],
  [
    'two unknown writes of one value, with another between',
    [maybe(put(1, 0, 0)), maybe(put(1, 0, 0)), get(5, 6, found(1)), put(2, 10, 20), get(30, 40, found(1))],
  ],
  ['a delete', [put(1, 0, 10), del(20, 30), get(40, 50, MISSING)]],
  ['a delete that found nothing', [del(0, 10, MISSING), put(1, 20, 30)]],
  ['a delete that does not tell whether there was something', [del(0, 10), get(20, 30, MISSING)]],
  ['compare-and-set', [put(1, 0, 10), cas(1, 2, 20, 30), get(40, 50, found(2))]],
  ['compare-and-set of a key that must not exist', [cas(null, 1, 0, 10), cas(null, 2, 20, 30, found(1))]],
  [
    'a refused compare-and-set tells the value',
    [put(1, 0, 10), cas(2, 3, 20, 30, found(1)), get(40, 50, found(1))],
  ],
  ['a refused compare-and-set that tells nothing', [put(1, 0, 10), cas(2, 3, 20, 30, MISMATCH)]],
  ['a refused compare-and-set of a missing key', [cas(2, 3, 20, 30, MISSING)]],
  ['an unknown compare-and-set took effect', [put(1, 0, 10), maybe(cas(1, 2, 20, 0)), get(40, 50, found(2))]],
  [
    'an unknown compare-and-set found another value',
    [put(1, 0, 10), maybe(cas(7, 2, 20, 0)), get(40, 50, found(1))],
  ],
  [
    'an unknown write is what makes a compare-and-set fail',
    [put(1, 0, 10), maybe(put(2, 11, 0)), cas(1, 3, 20, 30, MISMATCH)],
  ],
  ['appends, in either order', [append('a', 0, 10), append('b', 0, 10), get(20, 30, found('ba'))]],
  ['an append to what was put', [put('a', 0, 10), append('b', 20, 30), get(40, 50, found('ab'))]],
  ['an append after a delete', [put('a', 0, 10), del(20, 30), append('b', 40, 50), get(60, 70, found('b'))]],
  [
    'an unknown append',
    [append('a', 0, 10), maybe(append('b', 20, 0)), get(30, 40, found('a')), get(50, 60, found('ab'))],
  ],
  [
    'an unknown write that was appended to',
    [maybe(put('a', 0, 0)), append('b', 10, 20), get(30, 40, found('ab'))],
  ],
  [
    'an unknown write that an unknown compare-and-set needs',
    [maybe(put(1, 0, 0)), maybe(cas(1, 2, 5, 0)), get(30, 40, found(2))],
  ],
  [
    'an unknown delete before an append',
    [put('a', 0, 10), maybe(del(20, 0)), append('b', 30, 40), get(50, 60, found('b'))],
  ],
  ['values are equal as JSON', [put({ a: 1, b: [null] }, 0, 10), get(20, 30, found({ b: [null], a: 1 }))]],
  ['null is a value', [put(null, 0, 10), get(20, 30, found(null))]],
];

const NO: [string, KeyValueOperation[]][] = [
  ['a stale read', [put(1, 0, 10), put(2, 20, 30), get(40, 50, found(1))]],
  ['a lost write', [put(1, 0, 10), get(20, 30, MISSING)]],
  ['a value that was never written', [put(1, 0, 10), get(20, 30, found(7))]],
  ['a value before it was written', [get(0, 10, found(1)), put(1, 20, 30)]],
  [
    'the new value, then the old one',
    [put(1, 0, 10), put(2, 20, 100), get(30, 40, found(2)), get(50, 60, found(1))],
  ],
  [
    'two readers see two writes in different order',
    [
      put(1, 0, 100),
      put(2, 0, 100),
      get(10, 20, found(1)),
      get(10, 20, found(2)),
      get(30, 40, found(1)),
      get(50, 60, found(2)),
      get(70, 80, found(1)),
    ],
  ],
  ['an unknown write took effect before its call', [get(0, 10, found(1)), maybe(put(1, 20, 0))]],
  [
    'an unknown write took effect twice',
    [maybe(put(1, 0, 0)), get(5, 6, found(1)), put(2, 10, 20), get(30, 40, found(2)), get(50, 60, found(1))],
  ],
  ['a deleted value comes back', [put(1, 0, 10), del(20, 30), get(40, 50, found(1))]],
  ['a delete found nothing where something was', [put(1, 0, 10), del(20, 30, MISSING)]],
  ['two compare-and-sets won', [put(1, 0, 10), cas(1, 2, 20, 30), cas(1, 3, 20, 30)]],
  [
    'a lost update: both read, both set',
    [put(1, 0, 10), cas(1, 2, 20, 40), cas(1, 3, 30, 50), get(60, 70, found(3))],
  ],
  ['two created the same key', [cas(null, 1, 0, 10), cas(null, 2, 0, 10)]],
  ['a compare-and-set won against another value', [put(1, 0, 10), cas(2, 3, 20, 30)]],
  ['a compare-and-set was refused for the value it expected', [put(1, 0, 10), cas(1, 3, 20, 30, MISMATCH)]],
  ['a refusal that contradicts itself', [put(1, 0, 10), cas(1, 3, 20, 30, found(1))]],
  [
    'a refused compare-and-set took effect',
    [put(1, 0, 10), cas(2, 3, 20, 30, found(1)), get(40, 50, found(3))],
  ],
  ['an append is lost', [append('a', 0, 10), append('b', 20, 30), get(40, 50, found('a'))]],
  ['an append took effect twice', [append('a', 0, 10), append('b', 20, 30), get(40, 50, found('abb'))]],
  ['appends in the wrong order', [append('a', 0, 10), append('b', 20, 30), get(40, 50, found('ba'))]],
  ['a text and a number are not equal', [put('1', 0, 10), get(20, 30, found(1))]],
  ['null is not nothing', [put(null, 0, 10), get(20, 30, MISSING)]],
];

describe('linearizable', () => {
  test.each(YES)('%s', (_name, history) => expectVerdict(true, history));
});

describe('not linearizable', () => {
  test.each(NO)('%s', (_name, history) => expectVerdict(false, history));
});

test('keys are judged by themselves, and one that is not linearizable is enough', async () => {
  const fine = [put(1, 0, 10), get(20, 30, found(1))];
  const lost = (operation: KeyValueOperation) => ({ ...operation, input: { ...operation.input, key: 'y' } });
  const broken = [put(1, 0, 10), get(20, 30, MISSING)].map(lost);
  expect(await checkHistory(model, [...fine, ...broken])).toMatchObject({
    verdict: 'not-linearizable',
    parts: [
      { part: 'x', verdict: 'linearizable', operations: 2, decidedBy: 'depth-first' },
      { part: 'y', verdict: 'not-linearizable', operations: 2, decidedBy: 'depth-first' },
    ],
  });
});

test('the state before the first write can be given', async () => {
  const history = [get(0, 10, found('')), append('a', 20, 30), get(40, 50, found('a'))];
  await expectVerdict(true, history, keyValueModel({ initial: { value: '' } }));
  await expectVerdict(false, history);
});

test('an answer that its request cannot get is an error of the recording', async () => {
  await expect(checkHistory(model, [get(0, 10, DONE)])).rejects.toThrow('a get cannot be answered with done');
  await expect(checkHistory(model, [put(1, 10, 0)])).rejects.toThrow(
    'was called at 10 ms and answered at 0 ms',
  );
});

test('any other model will do: a counter that answers with its new value', async () => {
  const counter: Model<number, 'add', number> = {
    initial: 0,
    key: String,
    partition: () => 'counter',
    describe: (input, output) => `${input} -> ${output}`,
    step: (state, _input, output) => (output === undefined || output === state + 1 ? state + 1 : REJECTED),
  };
  const add = (called: number, at: number, output: number): Operation<'add', number> => ({
    client: '1',
    input: 'add',
    called,
    answer: { at, output },
  });
  const verdict = async (history: Operation<'add', number>[]) =>
    (await checkHistory(counter, history)).verdict;
  expect(await verdict([add(0, 10, 2), add(0, 10, 1)])).toBe('linearizable');
  expect(await verdict([add(0, 10, 1), add(0, 10, 1)])).toBe('not-linearizable');
  expect(await verdict([{ client: '1', input: 'add', called: 0 }, add(5, 10, 2)])).toBe('linearizable');
});
