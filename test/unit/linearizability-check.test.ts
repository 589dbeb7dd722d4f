import { describe, expect, test } from 'vitest';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import { endOperation } from '../../src/verify/linearizability/end-operation.ts';
import { HistoryRecorder, historyUntil } from '../../src/verify/linearizability/history.ts';
import {
  DONE,
  found,
  type KeyValueInput,
  type KeyValueOutput,
  MISSING,
} from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import type { KeyValueHistory } from '../support/random-histories.ts';

/** Without what makes short cuts possible. */
const { shape: _shape, ...model } = keyValueModel();

/** Twelve appends at once, and an answer that none of their 479,001,600 orders explains. */
function hardHistory(): KeyValueHistory {
  const texts = Array.from({ length: 12 }, (_, index) => `${index};`);
  const appends = texts.map((text, index): KeyValueHistory[number] => ({
    client: String(index),
    input: { kind: 'append', key: 'x', text },
    called: index,
    answer: { at: 100, output: DONE },
  }));
  const answer = { at: 300, output: found(`${texts.join('')}!`) };
  return [...appends, { client: '12', input: { kind: 'get', key: 'x' }, called: 200, answer }];
}

describe('a check', () => {
  test.each(['depth-first', 'just-in-time', 'both'] as const)(
    'that is not decided within its budget is unknown, and in time: %s',
    async (algorithm) => {
      const result = await checkHistory(model, hardHistory(), {
        budgetMs: 200,
        ...(algorithm !== 'both' && { algorithms: [algorithm] }),
      });
      expect(result).toMatchObject({ verdict: 'unknown', parts: [{ verdict: 'unknown' }] });
      expect(result.parts[0]).not.toHaveProperty('decidedBy');
      expect(result.ms).toBeGreaterThanOrEqual(200);
      expect(result.ms).toBeLessThan(2000);
    },
  );

  test('that may not remember much gives up instead of taking all memory', async () => {
    const result = await checkHistory(model, hardHistory(), { budgetMs: 60_000, mostConfigurations: 1000 });
    expect(result.verdict).toBe('unknown');
    expect(result.ms).toBeLessThan(5000);
  });

  test('lets the event loop turn meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await checkHistory(model, hardHistory(), { budgetMs: 300 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test('stops when it is aborted, with the reason', async () => {
    const interrupt = new AbortController();
    const reason = new Error('interrupted');
    setTimeout(() => interrupt.abort(reason), 50);
    const checking = checkHistory(model, hardHistory(), { signal: interrupt.signal, budgetMs: 60_000 });
    await expect(checking).rejects.toBe(reason);
    await expect(checkHistory(model, [], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('finds the part that is not linearizable although another is out of reach', async () => {
    const read: KeyValueHistory[number] = {
      client: '1',
      input: { kind: 'get', key: 'other' },
      called: 0,
      answer: { at: 1, output: found('never written') },
    };
    const result = await checkHistory(model, [...hardHistory(), read], { budgetMs: 60_000 });
    expect(result.verdict).toBe('not-linearizable');
    expect(result.parts.map(({ verdict }) => verdict)).toEqual(['unknown', 'not-linearizable']);
  });
});

describe('recording', () => {
  const record = () => {
    let time = 0;
    const recorder = new HistoryRecorder<KeyValueInput, KeyValueOutput>(() => ++time);
    return { recorder, get: () => recorder.begin('1', { kind: 'get', key: 'x' }) };
  };

  test('keeps calls and answers in order, unknown ones open, and drops what was refused', () => {
    const { recorder, get } = record();
    const [first, second, third] = [get(), get(), get()];
    get();
    second.refused();
    first.ok(MISSING);
    third.unknown();
    const input = { kind: 'get', key: 'x' };
    expect(recorder.operations()).toEqual([
      { client: '1', input, called: 1, answer: { at: 5, output: MISSING } },
      { client: '1', input, called: 3 },
      { client: '1', input, called: 4 },
    ]);
    expect(() => first.unknown()).toThrow('an operation of 1 was ended twice');
  });

  test('what is known at a moment is what had begun, and the answers that had come', () => {
    const { recorder, get } = record();
    const [first, second] = [get(), get()];
    first.ok(MISSING);
    second.ok(DONE);
    get();
    const known = historyUntil(recorder.operations(), 3);
    expect(known.map(({ called, answer }) => [called, answer?.at])).toEqual([
      [1, 3],
      [2, undefined],
    ]);
  });

  const answer = (status: number, body: unknown = null) => ({ answer: { status, body, headers: {}, ms: 1 } });
  test.each([
    ['200 is an answer', answer(200, { value: 1 }), [found(1)]],
    ['404 to a get is an answer', answer(404), [MISSING]],
    ['400: it did not happen', answer(400), []],
    ['503: it did not happen', answer(503), []],
    ['refused: it did not happen', { silence: { kind: 'refused', ms: 1 } }, []],
    ['504: maybe', answer(504), [undefined]],
    ['500: maybe', answer(500), [undefined]],
    ['no answer in time: maybe', { silence: { kind: 'timeout', ms: 1 } }, [undefined]],
    ['a broken connection: maybe', { silence: { kind: 'broken', ms: 1 } }, [undefined]],
  ] as const)('what a client saw: %s', (_name, outcome, outputs) => {
    const { recorder, get } = record();
    endOperation(get(), outcome, ({ status, body }) => {
      if (status === 404) return MISSING;
      return status === 200 ? found(body.value) : undefined;
    });
    expect(recorder.operations().map((operation) => operation.answer?.output)).toEqual(outputs);
  });
});
