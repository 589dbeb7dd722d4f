import type { Operation } from './history.ts';
import { type Model, REJECTED, type Shape } from './model.ts';

/**
 * The operations of one part as numbers, which is what a search can afford to look at a million times. An operation is
 * an index: first those that were answered, in the order of their calls, then those with an unknown outcome, likewise.
 * States are numbered as they are met.
 */
export interface Puzzle {
  readonly operations: readonly Operation<unknown, unknown>[];
  /** How many were answered. These must be placed in one order; the others may be. */
  readonly answered: number;
  /** Calls, and returns of what was answered, in the order of time: a call is the operation's index, a return `~index`. */
  readonly events: Int32Array;
  /** Where in `events` each operation is called. */
  readonly calls: Int32Array;
  /** Where in `events` each answered operation returns. */
  readonly returns: Int32Array;
  /** Operations with an unknown outcome that ask for the same thing, in the order of their calls. */
  readonly alike: readonly Int32Array[];
  readonly initial: number;
  /** The state after the operation, or -1 when no correct service answers so in this state. */
  step(state: number, operation: number): number;
  /** What the model knows of each operation whichever state it meets. */
  readonly traits: Traits;
  /** The wishes that a state fulfils or, by operations that grow states, can come to fulfil. */
  reach(state: number): Int32Array;
  /** What `reach` gives for the state that the operation always leaves. */
  sources(operation: number): Int32Array;
}

/** Of each operation, by its index. A wish is a state that some operation needs to meet; wishes are numbered from 0. */
export interface Traits {
  /** 1: it never changes the state. */
  readonly observes: Uint8Array;
  /** 1: it is legal in states that are not named. */
  readonly particular: Uint8Array;
  /** 1: what it leaves depends on the state it meets. */
  readonly grows: Uint8Array;
  /** The one state in which it is legal, as a wish; -1 for none. */
  readonly wish: Int32Array;
  readonly wishes: number;
}

/**
 * Leaves out what can neither contradict anything nor help: reads without an answer, and writes without an answer whose
 * result nobody needs.
 * @param operations of one part, in any order. A call and an answer at the same ms are taken to overlap.
 */
export function makePuzzle<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): Puzzle {
  const byCall = operations.toSorted((a, b) => a.called - b.called);
  const shaped = byCall.map((operation) => ({ operation, shape: shapeOf(model, operation) }));
  const answered = shaped.filter(({ operation }) => operation.answer);
  const unknown = shaped.filter(({ operation }) => !operation.answer);
  const numbered = [...answered, ...useful(model, answered, unknown)];
  const kept = numbered.map(({ operation }) => operation);
  const states = new States(model);
  const wishedStates = new Map<number, number>();
  const traits = findTraits(numbered, states, wishedStates);
  const reach = reachOf(model, states, wishedStates, traits.grows.includes(1));
  const left = numbered.map(({ shape }) =>
    typeof shape.leaves === 'object' ? states.number(shape.leaves.always) : -1,
  );
  const groups = Map.groupBy([...kept.keys()].slice(answered.length), (index) =>
    JSON.stringify(kept[index]!.input),
  );
  const nothing = new Int32Array();
  return {
    operations: kept,
    answered: answered.length,
    ...inOrderOfTime(kept, answered.length),
    alike: [...groups.values()].map((group) => Int32Array.from(group)),
    initial: states.number(model.initial),
    step: stepper(model, numbered, states, traits, left),
    traits,
    reach,
    sources: (operation) => (left[operation]! < 0 ? nothing : reach(left[operation]!)),
  };
}

interface Shaped<State, Input, Output> {
  operation: Operation<Input, Output>;
  shape: Shape<State>;
}

function shapeOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, answer }: Operation<Input, Output>,
): Shape<State> {
  return model.shape?.(input, answer?.output) ?? { legal: 'somewhere', leaves: 'grown' };
}

/** Of the operations without an answer, those that may help: others need a state that they, or what grows from it, give. */
function useful<State, Input, Output>(
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
    const helps = ({ leaves }: Shape<State>) =>
      typeof leaves !== 'object' ||
      needed.has(model.key(leaves.always)) ||
      (canGrow && [...needed.values()].some((state) => model.grows?.(leaves.always, state) ?? true));
    const helpful = kept.filter(({ shape }) => helps(shape));
    if (helpful.length === kept.length) return kept;
    kept = helpful;
  }
}

/** Numbers for states, by their keys. */
class States<State> {
  readonly #model: Model<State, never, never>;
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];

  constructor(model: Pick<Model<State, never, never>, 'key'>) {
    this.#model = model as Model<State, never, never>;
  }

  number(state: State): number {
    const key = this.#model.key(state);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#states.length);
    return this.#states.push(state) - 1;
  }

  state(number: number): State {
    return this.#states[number]!;
  }
}

/** @param wishedStates filled with the wish of each state that an operation needs */
function findTraits<State, Input, Output>(
  numbered: Shaped<State, Input, Output>[],
  states: States<State>,
  wishedStates: Map<number, number>,
): Traits {
  const flags = (is: (shape: Shape<State>) => boolean) =>
    Uint8Array.from(numbered, ({ shape }) => Number(is(shape)));
  const wish = Int32Array.from(numbered, ({ shape: { legal } }) => {
    if (typeof legal !== 'object') return -1;
    const state = states.number(legal.only);
    if (!wishedStates.has(state)) wishedStates.set(state, wishedStates.size);
    return wishedStates.get(state)!;
  });
  return {
    observes: flags(({ leaves }) => leaves === 'unchanged'),
    particular: flags(({ legal }) => legal === 'somewhere'),
    grows: flags(({ leaves }) => leaves === 'grown'),
    wish,
    wishes: wishedStates.size,
  };
}

function reachOf<State>(
  model: Pick<Model<State, never, never>, 'grows'>,
  states: States<State>,
  wishedStates: Map<number, number>,
  canGrow: boolean,
): (state: number) => Int32Array {
  const known: (Int32Array | undefined)[] = [];
  const find = (state: number) => {
    const own = wishedStates.get(state);
    if (!canGrow) return Int32Array.from(own === undefined ? [] : [own]);
    const reached = [...wishedStates].filter(
      ([wished]) => wished === state || (model.grows?.(states.state(state), states.state(wished)) ?? true),
    );
    return Int32Array.from(reached.map(([, wish]) => wish));
  };
  return (state) => {
    const found = known[state] ?? find(state);
    known[state] = found;
    return found;
  };
}

/** The model is asked only where an operation's shape does not tell already, and once for each case. */
function stepper<State, Input, Output>(
  model: Model<State, Input, Output>,
  numbered: Shaped<State, Input, Output>[],
  states: States<State>,
  traits: Traits,
  left: number[],
): (state: number, operation: number) => number {
  const needed = numbered.map(({ shape: { legal } }) =>
    typeof legal === 'object' ? states.number(legal.only) : -1,
  );
  const asked = numbered.map(() => new Map<number, number>());
  const ask = (state: number, operation: number) => {
    const { input, answer } = numbered[operation]!.operation;
    const next = model.step(states.state(state), input, answer?.output);
    return next === REJECTED ? -1 : states.number(next);
  };
  return (state, operation) => {
    if (traits.particular[operation] || traits.grows[operation]) {
      const next = asked[operation]!.get(state) ?? ask(state, operation);
      asked[operation]!.set(state, next);
      return next;
    }
    if (needed[operation]! >= 0 && needed[operation] !== state) {
      return numbered[operation]!.operation.answer ? -1 : state;
    }
    return traits.observes[operation] ? state : left[operation]!;
  };
}

function inOrderOfTime<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  answered: number,
): Pick<Puzzle, 'events' | 'calls' | 'returns'> {
  const moments = operations.flatMap(({ called, answer }, index) => [
    { at: called, event: index },
    ...(answer ? [{ at: answer.at, event: ~index }] : []),
  ]);
  // At the same moment calls come first: then the two overlap, and either order may be the right one.
  moments.sort((a, b) => a.at - b.at || Number(a.event < 0) - Number(b.event < 0));
  const events = Int32Array.from(moments, ({ event }) => event);
  const calls = new Int32Array(operations.length);
  const returns = new Int32Array(answered);
  for (const [position, event] of events.entries()) {
    if (event < 0) returns[~event] = position;
    else calls[event] = position;
  }
  return { events, calls, returns };
}
