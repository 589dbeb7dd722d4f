import { type Allowance, Memo } from './memo.ts';
import { Position } from './position.ts';
import type { Puzzle } from './puzzle.ts';
import { Pace, type Search, walk } from './search.ts';

/**
 * Builds one order of the operations from the front, and takes back the last choice where it cannot go on (Wing and Gong
 * 1993); remembers where it has been (Lowe 2017). Quick when there is an order.
 */
export function* searchDepthFirst(puzzle: Puzzle, allowance: Allowance): Search {
  const position = new Position(puzzle);
  const memo = new Memo(allowance);
  try {
    if (position.hopeless) return 'not-linearizable';
    const steps = walk(
      position,
      memo,
      new Pace(),
      () => position.complete,
      () => true,
    );
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value ? 'linearizable' : 'not-linearizable';
      if (memo.exhausted) return 'gave-up';
      yield;
    }
  } finally {
    memo.clear();
  }
}
