import { Outlook } from './outlook.ts';
import type { Puzzle } from './puzzle.ts';
import { NOWHERE } from './states.ts';

/** One way in which the service may have got to a moment. */
export interface Configuration {
  readonly state: number;
  /** Answered operations that have a place, but for those passed (see `pass`), in the order of placing. */
  readonly ahead: Int32Array;
  /** How many of each group of like unknown outcomes have a place. */
  readonly spent: Uint16Array;
}

/** What is left to try at a configuration; counts through the events, then through the groups of like unknown outcomes. */
export type Cursor = number;

/**
 * Where a search stands: which operations have a place in the order so far, and the state they left. The events of the
 * others are a doubly linked list, so that placing an operation and taking it back cost the same however long the
 * history is (Wing and Gong 1993). An operation may be placed next when it was called before any of the others returned.
 */
export class Position {
  state: number;
  /** How many of each group of like unknown outcomes are placed. */
  readonly spent: Uint16Array;
  readonly #puzzle: Puzzle;
  readonly #outlook: Outlook;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #head: number;
  readonly #end: number;
  /** One bit for each answered operation: whether it is placed. */
  readonly #placed: Uint16Array;
  /** How many answered operations are called before each event. */
  readonly #calledBefore: Int32Array;
  /** The group of each operation without an answer. */
  readonly #groupOf: Int32Array;

  /** The operations placed since the search began, in order; the state that each met; whether its alternatives are still to be tried. */
  readonly #path: Int32Array;
  readonly #met: Int32Array;
  readonly #open: Uint8Array;
  depth = 0;

  constructor(puzzle: Puzzle) {
    const { events, operations, answered } = puzzle;
    this.#puzzle = puzzle;
    this.#outlook = new Outlook(puzzle);
    this.state = puzzle.initial;
    this.spent = new Uint16Array(puzzle.alike.length);
    this.#head = events.length;
    this.#end = events.length + 1;
    this.#next = new Int32Array(events.length + 2);
    this.#previous = new Int32Array(events.length + 2);
    this.#calledBefore = new Int32Array(events.length + 2);
    this.#placed = new Uint16Array((answered >> 4) + 1);
    this.#groupOf = new Int32Array(operations.length).fill(-1);
    this.#path = new Int32Array(operations.length);
    this.#met = new Int32Array(operations.length);
    this.#open = new Uint8Array(operations.length);
    for (const [group, members] of puzzle.alike.entries())
      for (const operation of members) this.#groupOf[operation] = group;
    let last = this.#head;
    let called = 0;
    for (const [position, event] of events.entries()) {
      this.#calledBefore[position] = called;
      if (event >= answered) continue;
      if (event >= 0) called++;
      this.#next[last] = position;
      this.#previous[position] = last;
      last = position;
    }
    this.#next[last] = this.#end;
    this.#previous[this.#end] = last;
    this.#calledBefore[this.#end] = called;
  }

  /** Whether every answered operation has its place. */
  get complete(): boolean {
    return this.#next[this.#head] === this.#end;
  }

  isPlaced(answered: number): boolean {
    return (this.#placed[answered >> 4]! & (1 << (answered & 15))) !== 0;
  }

  /** Whether something that was answered needs a state that cannot come again. */
  get hopeless(): boolean {
    return this.#outlook.hopeless(this.state);
  }

  /**
   * Places what there is no reason to place later, because the others do not notice: every operation that may come next,
   * is right here and only observes; and, in a state that nobody needs, what grows it to others that nobody needs.
   */
  placeUnnoticed(): void {
    this.#placeNext((operation) => this.#puzzle.traits.observes[operation] === 1);
    if (!this.#outlook.pointless(this.state)) return;
    this.state = NOWHERE;
    this.#placeNext(
      (operation) => this.#puzzle.traits.grows[operation] === 1 && this.#outlook.inert(operation),
    );
  }

  /** Places all operations of a kind that may come next and leave the state as it is. */
  #placeNext(fits: (operation: number) => boolean): void {
    let before = this.#head;
    for (;;) {
      const position = this.#next[before]!;
      if (position === this.#end) return;
      const operation = this.#puzzle.events[position]!;
      if (operation < 0) return;
      if (fits(operation) && this.#puzzle.step(this.state, operation) === this.state) {
        this.#push(operation, this.state, false);
      } else before = position;
    }
  }

  /** The state and the placed operations that were answered, as a text: equal for equal configurations. */
  key(): string {
    const { events } = this.#puzzle;
    let position = this.#next[this.#head]!;
    const from = this.#calledBefore[position]! >> 4;
    while (position !== this.#end && events[position]! >= 0) position = this.#next[position]!;
    const to = (this.#calledBefore[position]! + 15) >> 4;
    const window = this.#placed.subarray(from, to);
    return String.fromCharCode(this.state & 0xffff, this.state >>> 16, from, ...window);
  }

  /** Where the alternatives of a configuration begin. */
  get first(): Cursor {
    return this.#next[this.#head]!;
  }

  /**
   * Places the next operation that can stand here and does not lead to a dead end that can be seen from here.
   * @param cursor what was not tried yet
   * @returns whether there was one
   */
  advance(cursor: Cursor): boolean {
    const { events, traits, alike, calls } = this.#puzzle;
    let position = cursor;
    for (; position < this.#end; position = this.#next[position]!) {
      const operation = events[position]!;
      if (operation < 0) break;
      if (traits.observes[operation]) continue;
      const next = this.#puzzle.step(this.state, operation);
      if (next < 0) continue;
      this.#push(operation, next, true);
      if (!this.hopeless) return true;
      this.#pop();
    }
    if (alike.length === 0) return false;
    const limit = this.#firstReturn();
    for (let group = Math.max(0, cursor - this.#end); group < alike.length; group++) {
      const operation = alike[group]![this.spent[group]!];
      if (operation === undefined || calls[operation]! > limit) continue;
      const next = this.#puzzle.step(this.state, operation);
      if (next < 0 || next === this.state) continue;
      this.#push(operation, next, true);
      if (!this.hopeless && !this.#outlook.pointless(next)) return true;
      this.#pop();
    }
    return false;
  }

  /**
   * Takes back what was placed last, up to and including an operation that has alternatives.
   * @param base the depth that is not gone below
   * @returns the alternatives, or undefined when there are none left above the base
   */
  retreat(base: number): Cursor | undefined {
    while (this.depth > base) {
      const open = this.#open[this.depth - 1];
      const operation = this.#pop();
      if (!open) continue;
      const group = this.#groupOf[operation]!;
      return group < 0 ? this.#next[this.#puzzle.calls[operation]!]! : this.#end + 1 + group;
    }
    return undefined;
  }

  /**
   * Gives up alternatives that cannot be better. When nothing without a place needs anything that the last operations
   * brought about, nor the state that the first of them met, then whatever order the others have, they have it as well
   * after these. So if there is a right order at all, there is one that begins as the search did.
   * @param base the depth that is not gone below
   */
  settle(base: number): void {
    let from = this.depth;
    for (let level = this.depth - 1; level >= base; level--) {
      const operation = this.#path[level]!;
      const { observes, grows } = this.#puzzle.traits;
      if (observes[operation]) continue;
      if (!this.#open[level] && !grows[operation]) break;
      if (!this.#outlook.inert(operation)) break;
      // What only observes the state met has its place already, or comes after a write that makes that state anew.
      if (this.#outlook.pointlessForWrites(this.#met[level]!)) from = level;
    }
    this.#open.fill(0, from, this.depth);
  }

  /** Stands at a configuration that a search found before, from the beginning or from what is placed for good. */
  enter({ state, ahead, spent }: Configuration): void {
    this.state = state;
    for (const operation of ahead) this.#place(operation);
    for (const [group, members] of this.#puzzle.alike.entries())
      for (const operation of members.subarray(0, spent[group])) this.#place(operation);
  }

  /** Undoes `enter`. */
  leave({ ahead, spent }: Configuration): void {
    for (const [group, members] of this.#puzzle.alike.entries())
      for (const operation of members.subarray(0, spent[group])) this.#takeBack(operation);
    for (const operation of ahead.toReversed()) this.#takeBack(operation);
  }

  /** Gives an answered operation its place for good: every configuration entered from now on has it. */
  pass(operation: number): void {
    this.#place(operation);
  }

  /** The present configuration, but for what was passed. `below` is the one entered last. */
  configuration(below: Configuration): Configuration {
    const answered = this.#path.subarray(0, this.depth).filter((operation) => this.#groupOf[operation]! < 0);
    return {
      state: this.state,
      ahead: Int32Array.of(...below.ahead, ...answered),
      spent: this.spent.slice(),
    };
  }

  #place(operation: number): void {
    this.#outlook.place(operation);
    const group = this.#groupOf[operation]!;
    if (group >= 0) {
      this.spent[group]!++;
      return;
    }
    this.#placed[operation >> 4]! |= 1 << (operation & 15);
    this.#unlink(this.#puzzle.calls[operation]!);
    this.#unlink(this.#puzzle.returns[operation]!);
  }

  /** Undoes the last `#place` that was not undone: an event that is out of the list still knows where it was. */
  #takeBack(operation: number): void {
    this.#outlook.takeBack(operation);
    const group = this.#groupOf[operation]!;
    if (group >= 0) {
      this.spent[group]!--;
      return;
    }
    this.#link(this.#puzzle.returns[operation]!);
    this.#link(this.#puzzle.calls[operation]!);
    this.#placed[operation >> 4]! &= ~(1 << (operation & 15));
  }

  #push(operation: number, next: number, alternatives: boolean): void {
    this.#path[this.depth] = operation;
    this.#met[this.depth] = this.state;
    this.#open[this.depth] = Number(alternatives);
    this.depth++;
    this.state = next;
    this.#place(operation);
  }

  #pop(): number {
    this.depth--;
    const operation = this.#path[this.depth]!;
    this.#takeBack(operation);
    this.state = this.#met[this.depth]!;
    return operation;
  }

  #firstReturn(): number {
    let position = this.#next[this.#head]!;
    while (position !== this.#end && this.#puzzle.events[position]! >= 0) position = this.#next[position]!;
    return position;
  }

  #unlink(position: number): void {
    const next = this.#next[position]!;
    const previous = this.#previous[position]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #link(position: number): void {
    this.#next[this.#previous[position]!] = position;
    this.#previous[this.#next[position]!] = position;
  }
}
