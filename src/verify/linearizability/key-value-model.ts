import {
  ABSENT,
  expectedState,
  type KeyState,
  type KeyValueInput,
  type KeyValueOutput,
  same,
  stateKey,
  text,
} from './key-value.ts';
import { tell } from './key-value-story.ts';
import { describe } from './key-value-words.ts';
import { type Model, REJECTED, type Shape } from './model.ts';

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
    tell,
    grows: (from, to) => text(to).startsWith(text(from)),
    contributes: (input, to) => input.kind === 'append' && text(to).includes(input.text),

    step(state, input, output) {
      if (output && !answersSo(state, input, output)) return REJECTED;
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
      if (output) expectFitting(input, output);
      if (output === undefined || output.kind === 'done') return effect(input);
      const only = output.kind === 'value' ? { value: output.value } : ABSENT;
      // Refused for a state that is not named, or, which contradicts itself, for the expected one.
      const unnamed =
        output.kind === 'mismatch' || (input.kind === 'cas' && same(only, expectedState(input.expected)));
      return { legal: unnamed ? 'somewhere' : { only }, leaves: 'unchanged' };
    },
  };
}

/** What each request can be answered with. */
const ANSWERS: Record<KeyValueInput['kind'], KeyValueOutput['kind'][]> = {
  get: ['value', 'missing'],
  put: ['done'],
  delete: ['done', 'missing'],
  cas: ['done', 'value', 'missing', 'mismatch'],
  append: ['done'],
};

/** @throws Error when such a request cannot get such an answer: an error of the recording */
function expectFitting(input: KeyValueInput, output: KeyValueOutput): void {
  if (ANSWERS[input.kind].includes(output.kind)) return;
  throw new Error(`a ${input.kind} cannot be answered with ${output.kind}`);
}

/** Whether a correct store answers so in this state. */
function answersSo(state: KeyState, input: KeyValueInput, output: KeyValueOutput): boolean {
  if (input.kind === 'cas' && same(state, expectedState(input.expected)) !== (output.kind === 'done'))
    return false;
  if (output.kind === 'value') return same(state, { value: output.value });
  return output.kind !== 'missing' || state === ABSENT;
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
