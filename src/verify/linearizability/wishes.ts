import type { Operation } from './history.ts';
import type { Model, Shape } from './model.ts';
import { NOWHERE, type States } from './states.ts';

/*
 * A wish is a state that some operation needs to meet: a read needs the state that it reported. Who knows which wishes
 * are still open, and what can fulfil them, sees early that a search leads nowhere.
 */

/** An operation, and what the model knows of it. */
export interface Shaped<State, Input, Output> {
  operation: Operation<Input, Output>;
  shape: Shape<State>;
}

/** Without any knowledge all is possible. */
export function shapeOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, answer }: Operation<Input, Output>,
): Shape<State> {
  return model.shape?.(input, answer?.output) ?? { legal: 'somewhere', leaves: 'grown' };
}

/**
 * The wish of each operation, or -1.
 * @param wishedStates filled with the wish of each state that an operation needs, in order
 */
export function findWishes<State, Input, Output>(
  numbered: Shaped<State, Input, Output>[],
  states: States<State>,
  wishedStates: Map<number, number>,
): Int32Array {
  return Int32Array.from(numbered, ({ shape: { legal } }) => {
    if (typeof legal !== 'object') return -1;
    const state = states.number(legal.only);
    if (!wishedStates.has(state)) wishedStates.set(state, wishedStates.size);
    return wishedStates.get(state)!;
  });
}

/**
 * @param wishedStates the wish of each state that an operation needs
 * @param canGrow whether there are operations that grow states
 * @returns what finds the wishes that a state fulfils or can come to fulfil
 */
export function reachOf<State>(
  model: Pick<Model<State, never, never>, 'grows'>,
  states: States<State>,
  wishedStates: Map<number, number>,
  canGrow: boolean,
): (state: number) => Int32Array {
  const known: (Int32Array | undefined)[] = [];
  known[NOWHERE] = new Int32Array();
  const find = (state: number) => {
    const own = wishedStates.get(state);
    if (!canGrow) return Int32Array.from(own === undefined ? [] : [own]);
    const reached = [...wishedStates].filter(
      ([wished]) => wished === state || grows(model, states.state(state), states.state(wished)),
    );
    return Int32Array.from(reached.map(([, wish]) => wish));
  };
  return (state) => {
    const found = known[state] ?? find(state);
    known[state] = found;
    return found;
  };
}

/**
 * Sorts states into families. All members of a family grow into its last, so what had no part in the last had none in
 * them. A state that may grow into several is a family by itself.
 * @returns the family of each state, and the last state of each family
 */
export function findFamilies<State>(
  model: Pick<Model<State, never, never>, 'grows' | 'key'>,
  states: readonly State[],
): { of: number[]; last: State[] } {
  const of: number[] = [];
  const last: State[] = [];
  const sized = states.map((state, index) => ({ state, index, size: model.key(state).length }));
  for (const { state, index } of sized.sort((a, b) => b.size - a.size)) {
    const candidates = model.grows
      ? [...last.keys()].filter((family) => grows(model, state, last[family]!))
      : [];
    of[index] = candidates.length === 1 ? candidates[0]! : last.push(state) - 1;
  }
  return { of, last };
}

/**
 * The families to which a request that grows states may contribute.
 * @param last the last state of each family
 */
export function contributionsTo<State, Input>(
  model: Pick<Model<State, Input, never>, 'contributes'>,
  last: readonly State[],
  input: Input,
): number[] {
  return [...last.keys()].filter((family) => model.contributes?.(input, last[family]!) ?? true);
}

/** Of the operations without an answer, those that may help: others need a state that they, or what grows from it, give. */
export function useful<State, Input, Output>(
  model: Model<State, Input, Output>,
  answered: Shaped<State, Input, Output>[],
  unknown: Shaped<State, Input, Output>[],
): Shaped<State, Input, Output>[] {
  const writes = unknown.filter(({ shape }) => shape.leaves !== 'unchanged');
  const all = [...answered, ...writes];
  // An observation of any but one state is helped by a write that nobody asks for.
  if (all.some(({ shape }) => shape.legal === 'somewhere')) return writes;
  const canGrow = all.some(({ shape }) => shape.leaves === 'grown');
  let kept = writes;
  for (;;) {
    const needed = new Map<string, State>();
    for (const { shape } of [...answered, ...kept])
      if (typeof shape.legal === 'object') needed.set(model.key(shape.legal.only), shape.legal.only);
    const last = canGrow ? findFamilies(model, [...needed.values()]).last : [];
    const helps = ({ operation: { input }, shape: { leaves } }: Shaped<State, Input, Output>) => {
      if (leaves === 'grown') return contributionsTo(model, last, input).length > 0;
      if (leaves === 'unchanged') return false;
      return needed.has(model.key(leaves.always)) || last.some((state) => grows(model, leaves.always, state));
    };
    const helpful = kept.filter(helps);
    if (helpful.length === kept.length) return kept;
    kept = helpful;
  }
}

function grows<State>(model: Pick<Model<State, never, never>, 'grows'>, from: State, to: State): boolean {
  return model.grows?.(from, to) ?? true;
}
