import type { Puzzle } from './puzzle.ts';

/**
 * What the operations that have no place yet still need, kept up to date while a search places and takes back. It tells
 * dead ends long before the search would run into them.
 */
export class Outlook {
  readonly #puzzle: Puzzle;
  /** Of each wish: answered operations without a place that need it. */
  readonly #owed: Int32Array;
  /** Of each wish: operations without a place that need it, and those of them that write. */
  readonly #wanted: Int32Array;
  readonly #wantedByWrites: Int32Array;
  /** Of each family of wishes: operations without a place that need one of them. */
  readonly #wantedOfFamily: Int32Array;
  /** Of each wish: operations without a place that lead to it from whichever state. */
  readonly #sources: Int32Array;
  /** Wishes that are owed and have no source left: only the present state can fulfil them. */
  #last = 0;
  #particular = 0;
  #growing = 0;

  constructor(puzzle: Puzzle) {
    this.#puzzle = puzzle;
    this.#owed = new Int32Array(puzzle.traits.wishes);
    this.#wanted = new Int32Array(puzzle.traits.wishes);
    this.#wantedOfFamily = new Int32Array(puzzle.traits.families);
    this.#wantedByWrites = new Int32Array(puzzle.traits.wishes);
    this.#sources = new Int32Array(puzzle.traits.wishes);
    for (const operation of puzzle.operations.keys()) this.takeBack(operation);
  }

  /** The operation has its place. */
  place(operation: number): void {
    this.#count(operation, -1);
  }

  /** The operation is without a place again. */
  takeBack(operation: number): void {
    this.#count(operation, 1);
  }

  /** Whether something that was answered needs a state that cannot come again. */
  hopeless(state: number): boolean {
    if (this.#last === 0) return false;
    let here = 0;
    for (const wish of this.#puzzle.reach(state)) here += this.#isLast(wish);
    return here < this.#last;
  }

  /** Whether nothing needs the state, or one that grows from it: then it does not matter which state it is. */
  pointless(state: number): boolean {
    return this.#particular === 0 && !this.#anyWanted(this.#puzzle.reach(state));
  }

  /** Whether no write needs the state or what grows from it. */
  pointlessForWrites(state: number): boolean {
    if (this.#growing > 0) return this.pointless(state);
    return (
      this.#particular === 0 && this.#puzzle.reach(state).every((wish) => this.#wantedByWrites[wish] === 0)
    );
  }

  /** Whether nothing needs a state that the operation had, or can still have, a part in. */
  inert(operation: number): boolean {
    if (!this.#puzzle.traits.grows[operation]) return !this.#anyWanted(this.#puzzle.sources(operation));
    return this.#puzzle.contributions(operation).every((family) => this.#wantedOfFamily[family] === 0);
  }

  #anyWanted(wishes: Int32Array): boolean {
    for (const wish of wishes) if (this.#wanted[wish]! > 0) return true;
    return false;
  }

  #isLast(wish: number): number {
    return Number(this.#owed[wish]! > 0 && this.#sources[wish] === 0);
  }

  #count(operation: number, by: 1 | -1): void {
    const { traits, answered } = this.#puzzle;
    this.#particular += by * traits.particular[operation]!;
    this.#growing += by * traits.grows[operation]!;
    const wish = traits.wish[operation]!;
    if (wish >= 0) {
      this.#last -= this.#isLast(wish);
      if (operation < answered) this.#owed[wish]! += by;
      this.#wanted[wish]! += by;
      this.#wantedOfFamily[traits.family[wish]!]! += by;
      if (!traits.observes[operation]) this.#wantedByWrites[wish]! += by;
      this.#last += this.#isLast(wish);
    }
    for (const source of this.#puzzle.sources(operation)) {
      this.#last -= this.#isLast(source);
      this.#sources[source]! += by;
      this.#last += this.#isLast(source);
    }
  }
}
