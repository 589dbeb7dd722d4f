import type { Operation } from '../../src/verify/linearizability/history.ts';
import {
  type KeyState,
  type KeyValueInput,
  type KeyValueOutput,
  MISMATCH,
} from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import { REJECTED } from '../../src/verify/linearizability/model.ts';

/** Histories made from seeded random numbers, and a checker too simple to be wrong. */

export type KeyValueHistory = Operation<KeyValueInput, KeyValueOutput>[];

export interface HistoryRecipe {
  clients: number;
  operations: number;
  keys: number;
  kinds: readonly KeyValueInput['kind'][];
  /** 0..1: of how many operations the outcome stays unknown. */
  unknown: number;
  /** How many values there are; 0: every write has its own. */
  values: number;
  /** 0..1: how many of the refused compare-and-sets do not tell the value that stood against them. Default 0.5. */
  silent?: number;
}

const model = keyValueModel();

/**
 * What clients of a correct store see: each operation takes effect at one random instant between call and answer. One
 * without an answer takes effect at any time after its call, or never.
 */
export function simulateStore(random: () => number, recipe: HistoryRecipe): KeyValueHistory {
  interface Running {
    client: string;
    input: KeyValueInput;
    called: number;
    effect: number;
    answered: number;
  }
  const running: Running[] = [];
  const free = new Float64Array(recipe.clients);
  for (let number = 1; number <= recipe.operations; number++) {
    const client = free.indexOf(Math.min(...free));
    const called = free[client]! + random() * 3;
    const known = random() >= recipe.unknown;
    const effect = called + random() * (known ? 5 : 200);
    const answered = known ? effect + random() * 5 : Number.POSITIVE_INFINITY;
    free[client] = known ? answered : called + 10;
    const never = !known && random() < 0.4;
    running.push({
      client: String(client + 1),
      input: randomInput(random, recipe, number),
      called,
      effect: never ? Number.POSITIVE_INFINITY : effect,
      answered,
    });
  }
  const states = new Map<string, KeyState>();
  const outputs = new Map<Running, KeyValueOutput>();
  for (const operation of running.toSorted((a, b) => a.effect - b.effect)) {
    if (operation.effect === Number.POSITIVE_INFINITY) continue;
    const { input } = operation;
    const state = states.get(input.key) ?? model.initial;
    const output = correctAnswer(state, input, random, recipe);
    outputs.set(operation, output);
    const next = model.step(state, input, output);
    if (next === REJECTED)
      throw new Error(`the simulated store answers ${model.describe(input, output)} wrongly`);
    states.set(input.key, next);
  }
  return running
    .toSorted((a, b) => a.called - b.called)
    .map((operation) => {
      const { client, input, called, answered } = operation;
      if (answered === Number.POSITIVE_INFINITY) return { client, input, called };
      return { client, input, called, answer: { at: answered, output: outputs.get(operation)! } };
    });
}

/** Calls and answers in random order, answers that may well be wrong: for comparison with `bruteForce`. */
export function inventHistory(random: () => number, recipe: HistoryRecipe): KeyValueHistory {
  const moment = () => Math.floor(random() * 2 * recipe.operations);
  return Array.from({ length: recipe.operations }, (_, index) => {
    const [called, at] = [moment(), moment()].sort((a, b) => a - b) as [number, number];
    const input = randomInput(random, recipe, index + 1);
    const client = String(index + 1);
    if (random() < recipe.unknown) return { client, input, called };
    const imagined = random() < 0.3 ? model.initial : { value: randomValue(random, recipe, index) };
    return { client, input, called, answer: { at, output: correctAnswer(imagined, input, random, recipe) } };
  });
}

/** The history with one answer changed to what another state would have given, or one moment moved. */
export function mutate(
  random: () => number,
  history: KeyValueHistory,
  recipe: HistoryRecipe,
): KeyValueHistory {
  const index = Math.floor(random() * history.length);
  const operation = history[index]!;
  if (!operation.answer) return history;
  const imagined =
    random() < 0.2
      ? model.initial
      : { value: randomValue(random, recipe, 1 + Math.floor(random() * recipe.operations)) };
  const answer =
    random() < 0.7
      ? { at: operation.answer.at, output: correctAnswer(imagined, operation.input, random, recipe) }
      : { ...operation.answer, at: operation.called + random() * 2 };
  return history.with(index, { ...operation, answer });
}

/** Tries every order of the operations, with and without each one whose outcome is unknown. For at most 8 operations. */
export function bruteForce(history: KeyValueHistory, specification = model): boolean {
  const placed = new Set<number>();
  const search = (state: KeyState): boolean => {
    const waiting = history.filter((operation, index) => operation.answer && !placed.has(index));
    if (waiting.length === 0) return true;
    const firstAnswer = Math.min(...waiting.map(({ answer }) => answer!.at));
    return history.some(({ input, called, answer }, index) => {
      if (placed.has(index) || called > firstAnswer) return false;
      const next = specification.step(state, input, answer?.output);
      if (next === REJECTED) return false;
      placed.add(index);
      const right = search(next);
      placed.delete(index);
      return right;
    });
  };
  return search(specification.initial);
}

function randomInput(random: () => number, recipe: HistoryRecipe, number: number): KeyValueInput {
  const kind = recipe.kinds[Math.floor(random() * recipe.kinds.length)]!;
  const key = `k${Math.floor(random() * recipe.keys)}`;
  const value = randomValue(random, recipe, number);
  if (kind === 'put') return { kind, key, value };
  if (kind === 'append') return { kind, key, text: value };
  if (kind === 'cas') {
    const expected =
      random() < 0.2 ? null : randomValue(random, recipe, Math.max(1, number - Math.floor(random() * 4)));
    return { kind, key, expected, value };
  }
  return { kind, key };
}

function randomValue(random: () => number, recipe: HistoryRecipe, own: number): string {
  return recipe.values === 0 ? `v${own};` : String(Math.floor(random() * recipe.values));
}

function correctAnswer(
  state: KeyState,
  input: KeyValueInput,
  random: () => number,
  recipe: HistoryRecipe,
): KeyValueOutput {
  const told: KeyValueOutput =
    typeof state === 'symbol' ? { kind: 'missing' } : { kind: 'value', value: state.value };
  if (input.kind === 'get') return told;
  if (input.kind === 'delete' && told.kind === 'missing' && random() < 0.5) return told;
  if (input.kind !== 'cas') return { kind: 'done' };
  const done = model.step(state, input, { kind: 'done' }) !== REJECTED;
  if (done) return { kind: 'done' };
  return random() < (recipe.silent ?? 0.5) ? MISMATCH : told;
}
