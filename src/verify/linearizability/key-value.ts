/** A request to a key-value store. Values are JSON. */
export type KeyValueInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: unknown }
  | { readonly kind: 'delete'; readonly key: string }
  /** Compare-and-set; expected null means that the key must not exist. */
  | { readonly kind: 'cas'; readonly key: string; readonly expected: unknown; readonly value: unknown }
  | { readonly kind: 'append'; readonly key: string; readonly text: string };

/** What an answer said of the key. Which answer fits which request: see `ANSWERS` in key-value-model.ts. */
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

/** The state in which a compare-and-set takes place. */
export function expectedState(expected: unknown): KeyState {
  return expected === null ? ABSENT : { value: expected };
}

export function same(a: KeyState, b: KeyState): boolean {
  return stateKey(a) === stateKey(b);
}

/** JSON with the names of every object in one order; the empty text, which is no JSON, for a key that does not exist. */
export function stateKey(state: KeyState): string {
  return state === ABSENT ? '' : canonical(state.value);
}

/** JSON, equal for equal values. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  return JSON.stringify(value, (_name, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What an append finds. */
export function text(state: KeyState): string {
  if (state === ABSENT) return '';
  return typeof state.value === 'string' ? state.value : canonical(state.value);
}
