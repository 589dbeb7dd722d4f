import type { Memo } from './memo.ts';
import type { Cursor, Position } from './position.ts';

/** What a search found out; `gave-up` when there was more to remember than allowed. */
export type Finding = 'linearizable' | 'not-linearizable' | 'gave-up';

/** A search that can be interrupted: it yields every few hundred configurations, and returns what it found. */
export type Search = Generator<void, Finding, void>;

const PAUSE_EVERY = 200;

/**
 * Goes through the configurations that can follow the present one, depth first, none of them twice.
 * @param goal whether a configuration is what is looked for; nothing is placed after it
 * @param arrived told of each such configuration; true ends the walk there
 * @returns whether it was ended there. If not, the position is as it was.
 */
export function* walk(
  position: Position,
  memo: Memo,
  goal: () => boolean,
  arrived: () => boolean,
): Generator<void, boolean, void> {
  const base = position.depth;
  let steps = 0;
  let moved = true;
  for (;;) {
    if (++steps % PAUSE_EVERY === 0) yield;
    let untried: Cursor | undefined;
    if (moved) {
      position.observe();
      if (!memo.seen(position.key(), position.spent)) {
        if (!goal()) {
          position.settle(base);
          untried = position.first;
        } else if (arrived()) return true;
      }
    }
    untried ??= position.retreat(base);
    if (untried === undefined) return false;
    moved = position.advance(untried);
  }
}
