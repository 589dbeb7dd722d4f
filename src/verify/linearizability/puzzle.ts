import type { Operation } from './history.ts';
import { type Model, REJECTED, type Shape } from './model.ts';
import { NOWHERE, States } from './states.ts';
import {
  contributionsTo,
  findFamilies,
  findWishes,
  reachOf,
  type Shaped,
  shapeOf,
  useful,
} from './wishes.ts';

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
  /** The families of wishes that an operation which grows states may help to fulfil. */
  contributions(operation: number): Int32Array;
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
  /** Of each wish, its family: states that grow into one another, one after the other. */
  readonly family: Int32Array;
  readonly families: number;
}

/**
 * Leaves out what can neither contradict anything nor help: reads without an answer, and writes without an answer whose
 * result nobody needs.
 * @param operations of one part, in any order. A call and an answer at the same ms are taken to overlap.
 * @throws Error when an operation was answered before it was called, or its times are not numbers: the recording is wrong
 */
export function makePuzzle<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): Puzzle {
  for (const { client, called, answer } of operations) {
    if (called <= (answer ? answer.at : Number.POSITIVE_INFINITY)) continue;
    throw new Error(`an operation of ${client} was called at ${called} ms and answered at ${answer?.at} ms`);
  }
  const byCall = operations.toSorted((a, b) => a.called - b.called);
  const shaped = byCall.map((operation) => ({ operation, shape: shapeOf(model, operation) }));
  const answered = shaped.filter(({ operation }) => operation.answer);
  const unknown = shaped.filter(({ operation }) => !operation.answer);
  const numbered = [...answered, ...useful(model, answered, unknown)];
  const kept = numbered.map(({ operation }) => operation);
  const states = new States(model);
  const wishedStates = new Map<number, number>();
  const wish = findWishes(numbered, states, wishedStates);
  const canGrow = numbered.some(({ shape }) => shape.leaves === 'grown');
  const wished = [...wishedStates.keys()].map((number) => states.state(number));
  const families = canGrow
    ? findFamilies(model, wished)
    : { of: wished.map(() => 0), last: wished.slice(0, 1) };
  const traits: Traits = {
    ...flags(numbered),
    wish,
    wishes: wishedStates.size,
    family: Int32Array.from(families.of),
    families: families.last.length,
  };
  const reach = reachOf(model, states, wishedStates, canGrow);
  const left = numbered.map(({ shape }) =>
    typeof shape.leaves === 'object' ? states.number(shape.leaves.always) : -1,
  );
  const groups = Map.groupBy([...kept.keys()].slice(answered.length), (index) =>
    JSON.stringify(kept[index]!.input),
  );
  const nothing = new Int32Array();
  const contributions = numbered.map(({ operation: { input }, shape }) =>
    shape.leaves === 'grown' ? Int32Array.from(contributionsTo(model, families.last, input)) : nothing,
  );
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
    contributions: (operation) => contributions[operation]!,
  };
}

function flags<State, Input, Output>(
  numbered: Shaped<State, Input, Output>[],
): Pick<Traits, 'observes' | 'particular' | 'grows'> {
  const flag = (is: (shape: Shape<State>) => boolean) =>
    Uint8Array.from(numbered, ({ shape }) => Number(is(shape)));
  return {
    observes: flag(({ leaves }) => leaves === 'unchanged'),
    particular: flag(({ legal }) => legal === 'somewhere'),
    grows: flag(({ leaves }) => leaves === 'grown'),
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
    if (needed[operation]! >= 0 && needed[operation] !== state) {
      return numbered[operation]!.operation.answer ? -1 : state;
    }
    if (traits.particular[operation] || traits.grows[operation]) {
      if (state === NOWHERE) return NOWHERE;
      const next = asked[operation]!.get(state) ?? ask(state, operation);
      asked[operation]!.set(state, next);
      return next;
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
