import { type Model, REJECTED, type Shape } from './model.ts';

/** A request to a key-value store. Values are JSON. */
export type KeyValueInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: unknown }
  | { readonly kind: 'delete'; readonly key: string }
  /** Compare-and-set; expected null means that the key must not exist. */
  | { readonly kind: 'cas'; readonly key: string; readonly expected: unknown; readonly value: unknown }
  | { readonly kind: 'append'; readonly key: string; readonly text: string };

/** What an answer said of the key. Which answer fits which request: see `keyValueModel`. */
export type KeyValueOutput =
  /** The write took place. */
  | { readonly kind: 'done' }
  /** The key has this value: a get, or a compare-and-set that was refused for it. */
  | { readonly kind: 'value'; readonly value: unknown }
  /** There is no such key: a get or delete, or a compare-and-set that was refused for it. */
  | { readonly kind: 'missing' }
  /** A compare-and-set was refused, without the value that stood against it. */
  | { readonly kind: 'mismatch' };

export const DONE: KeyValueOutput = { kind: 'done' };
export const MISSING: KeyValueOutput = { kind: 'missing' };
export const MISMATCH: KeyValueOutput = { kind: 'mismatch' };

/** The answer of a get that found something. */
export function found(value: unknown): KeyValueOutput {
  return { kind: 'value', value };
}

/** The content of one key. */
export type KeyState = { readonly value: unknown } | typeof ABSENT;

/** The key does not exist. */
export const ABSENT: unique symbol = Symbol('absent');

/**
 * A store of independent keys: each is a register with get, put, delete, compare-and-set and append.
 * `done` after a delete holds in any state (a service may or may not tell whether there was something to delete);
 * an append to a key that does not exist begins with the empty text.
 * @param options.initial what every key holds before the first write; by default none exists
 */
export function keyValueModel(
  options: { initial?: KeyState } = {},
): Model<KeyState, KeyValueInput, KeyValueOutput> {
  return {
    initial: options.initial ?? ABSENT,
    key: stateKey,
    partition: ({ key }) => key,
    describe,
    grows: (from, to) =>
      to !== ABSENT && typeof to.value === 'string' && to.value.startsWith(from === ABSENT ? '' : text(from)),

    step(state, input, output) {
      if (output && !observed(state, input, output)) return REJECTED;
      if (output && output.kind !== 'done') return state;
      switch (input.kind) {
        case 'get':
          return state;
        case 'put':
          return { value: input.value };
        case 'delete':
          return ABSENT;
        case 'cas':
          return same(state, expectedState(input.expected)) ? { value: input.value } : state;
        case 'append':
          return { value: text(state) + input.text };
      }
    },

    shape(input, output) {
      if (output === undefined || output.kind === 'done') return effect(input);
      const only = output.kind === 'value' ? { value: output.value } : ABSENT;
      // Refused for a state that is not named, or, which contradicts itself, for the expected one.
      const unnamed =
        output.kind === 'mismatch' || (input.kind === 'cas' && same(only, expectedState(input.expected)));
      return { legal: unnamed ? 'somewhere' : { only }, leaves: 'unchanged' };
    },
  };
}

/**
 * Whether a correct store answers so in this state.
 * @throws Error when such a request cannot get such an answer: an error of the caller
 */
function observed(state: KeyState, input: KeyValueInput, output: KeyValueOutput): boolean {
  const { kind } = input;
  const fits = kind !== 'cas' || same(state, expectedState(input.expected)) === (output.kind === 'done');
  if (output.kind === 'done' && kind !== 'get') return fits;
  if (output.kind === 'mismatch' && kind === 'cas') return fits;
  if (output.kind === 'value' && (kind === 'get' || kind === 'cas')) {
    return fits && same(state, { value: output.value });
  }
  if (output.kind === 'missing' && (kind === 'get' || kind === 'cas' || kind === 'delete')) {
    return fits && state === ABSENT;
  }
  throw new Error(`a ${kind} cannot be answered with ${output.kind}`);
}

/** What is known of a request that takes place. */
function effect(input: KeyValueInput): Shape<KeyState> {
  switch (input.kind) {
    case 'get':
      return { legal: 'anywhere', leaves: 'unchanged' };
    case 'put':
      return { legal: 'anywhere', leaves: { always: { value: input.value } } };
    case 'delete':
      return { legal: 'anywhere', leaves: { always: ABSENT } };
    case 'cas':
      return { legal: { only: expectedState(input.expected) }, leaves: { always: { value: input.value } } };
    case 'append':
      return { legal: 'anywhere', leaves: 'grown' };
  }
}

function expectedState(expected: unknown): KeyState {
  return expected === null ? ABSENT : { value: expected };
}

function same(a: KeyState, b: KeyState): boolean {
  return stateKey(a) === stateKey(b);
}

/** JSON with the names of every object in one order; the empty text, which is no JSON, for a key that does not exist. */
function stateKey(state: KeyState): string {
  return state === ABSENT ? '' : canonical(state.value);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What an append finds. */
function text(state: KeyState): string {
  if (state === ABSENT) return '';
  return typeof state.value === 'string' ? state.value : canonical(state.value);
}

function describe(input: KeyValueInput, output: KeyValueOutput | undefined): string {
  return output === undefined || output.kind === 'done'
    ? describeRequest(input)
    : `${describeRequest(input)} -> ${describeAnswer(input, output)}`;
}

function describeRequest(input: KeyValueInput): string {
  switch (input.kind) {
    case 'get':
      return `get ${input.key}`;
    case 'put':
      return `put ${input.key}=${words(input.value)}`;
    case 'delete':
      return `delete ${input.key}`;
    case 'cas':
      return `cas ${input.key} ${input.expected === null ? 'nothing' : words(input.expected)} to ${words(input.value)}`;
    case 'append':
      return `append ${input.key} += ${words(input.text)}`;
  }
}

function describeAnswer(input: KeyValueInput, output: KeyValueOutput): string {
  const refused = input.kind === 'cas' ? 'refused' : '';
  if (output.kind === 'value') return `${refused && 'refused, it is '}${words(output.value)}`;
  if (output.kind === 'missing') return refused ? 'refused, there is nothing' : 'nothing';
  return refused;
}

const LONGEST_WORDS = 24;

/** A value as it is read best: text without quotes where that is clear; of a long value its end, which tells appends apart. */
export function words(value: unknown): string {
  const whole = typeof value === 'string' && /^[^\s"'=,]+$/.test(value) ? value : canonical(value);
  return whole.length <= LONGEST_WORDS ? whole : `...${whole.slice(3 - LONGEST_WORDS)}`;
}
