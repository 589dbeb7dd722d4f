import type { Operation } from './history.ts';

/**
 * What a service does when it is asked one thing after the other: the specification that concurrent histories are
 * held against. States, inputs and outputs are immutable plain data.
 */
export interface Model<State, Input, Output> {
  /** The state of a part (see `partition`) before anything happened. */
  readonly initial: State;
  /**
   * One operation in one state.
   * @param output what was answered, or undefined when the outcome is unknown: then any answer is right
   * @returns the state after it, or REJECTED when no correct service answers so in this state
   */
  step(state: State, input: Input, output: Output | undefined): State | typeof REJECTED;
  /** Two states are the same when their keys are. */
  key(state: State): string;
  /**
   * Operations with different names never affect each other, so that each group is judged by itself. A history is
   * linearizable when each group is (locality: Herlihy and Wing 1990; P-compositionality: Horn and Kroening 2015).
   */
  partition(input: Input): string;
  /** In a learner's words: `put x=3`, `get x -> 1`. Without an output only the request: `get x`. */
  describe(input: Input, output: Output | undefined): string;
  /**
   * One sentence for a person about operations whose answers contradict each other.
   * @param contradiction answered operations, none of which can be left out; all others may have had any outcome
   * @param last the one of them that was answered last
   * @param all operations of the part
   * @returns undefined where the model knows nothing better than to count them
   */
  tell?(
    contradiction: readonly Operation<Input, Output>[],
    last: Operation<Input, Output>,
    all: readonly Operation<Input, Output>[],
  ): string | undefined;
  /**
   * What is known of an operation whichever state it meets. Shortens the search, never changes a verdict; a model
   * without it is searched in full.
   */
  shape?(input: Input, output: Output | undefined): Shape<State>;
  /** Whether operations that leave a `grown` state may, one after the other, make `to` of `from`. Without it: always. */
  grows?(from: State, to: State): boolean;
  /**
   * Whether an operation that leaves a `grown` state may be one of those that made this state. Without it: always. What
   * contributes to a state contributes to all that it grows into.
   */
  contributes?(input: Input, to: State): boolean;
}

/** No correct service answers so. */
export const REJECTED: unique symbol = Symbol('rejected');

export interface Shape<State> {
  /** Where the answer is right: in any state, in one, or in several that are not named. Unknown outcomes: where it has an effect. */
  readonly legal: 'anywhere' | 'somewhere' | { readonly only: State };
  /** What it leaves: the state it met, another that depends on the one it met, or always the same. */
  readonly leaves: 'unchanged' | 'grown' | { readonly always: State };
}

/** The operations of each part, in the order in which the parts first appear. */
export function partitionOperations<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): Map<string, Operation<Input, Output>[]> {
  return Map.groupBy(operations, ({ input }) => model.partition(input));
}
