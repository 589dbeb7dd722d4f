import type { Memo } from './memo.ts';
import type { Cursor, Position } from './position.ts';

/** What a search found out; `gave-up` when there was more to remember than allowed. */
export type Finding = 'linearizable' | 'not-linearizable' | 'gave-up';

/** A search that can be interrupted: it yields every few hundred configurations, and returns what it found. */
export type Search = Generator<void, Finding, void>;

const PAUSE_EVERY = 200;

/** Counts configurations, to pause now and then. One for each search, however many walks it makes. */
export class Pace {
  #steps = 0;

  /** Whether it is time for a pause. */
  step(): boolean {
    return ++this.#steps % PAUSE_EVERY === 0;
  }
}

/**
 * Goes through the configurations that can follow the present one, depth first, none of them twice.
 * @param goal whether a configuration is what is looked for; nothing is placed after it
 * @param arrived told of each such configuration; true ends the walk there
 * @returns whether it was ended there. If not, the position is as it was.
 */
export function* walk(
  position: Position,
  memo: Memo,
  pace: Pace,
  goal: () => boolean,
  arrived: () => boolean,
): Generator<void, boolean, void> {
  const { depth: base, state } = position;
  let moved = true;
  for (;;) {
    if (pace.step()) yield;
    let untried: Cursor | undefined;
    if (moved) {
      position.placeUnnoticed();
      if (!memo.seen(position.key(), position.spent)) {
        position.settle(base);
        if (!goal()) untried = position.first;
        else if (arrived()) return true;
      }
    }
    untried ??= position.retreat(base);
    if (untried === undefined) {
      position.state = state;
      return false;
    }
    moved = position.advance(untried);
  }
}
