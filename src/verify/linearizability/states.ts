import type { Model } from './model.ts';

/** A state that no operation needs: which one it is does not matter any more. */
export const NOWHERE = 0;

/** Numbers for states, by their keys, from NOWHERE + 1 on. */
export class States<State> {
  readonly #keyOf: (state: State) => string;
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];

  constructor(model: Pick<Model<State, never, never>, 'key'>) {
    this.#keyOf = (state) => model.key(state);
  }

  number(state: State): number {
    const key = this.#keyOf(state);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = NOWHERE + this.#states.push(state);
    this.#numbers.set(key, number);
    return number;
  }

  state(number: number): State {
    return this.#states[number - NOWHERE - 1]!;
  }
}
