import { type Allowance, Memo } from './memo.ts';
import { type Configuration, Position } from './position.ts';
import type { Puzzle } from './puzzle.ts';
import { Pace, type Search, walk } from './search.ts';

/**
 * Follows time from return to return with all configurations that are possible at once, and places operations only when
 * a return makes it necessary: just in time (Lowe 2017, after Burckhardt and others 2010). Quick when there is no order,
 * and when many outcomes are unknown.
 */
export function* searchJustInTime(puzzle: Puzzle, allowance: Allowance): Search {
  const position = new Position(puzzle);
  const memo = new Memo(allowance);
  const pace = new Pace();
  let possible = [
    position.configuration({ state: puzzle.initial, ahead: new Int32Array(), spent: position.spent }),
  ];
  try {
    if (position.hopeless) return 'not-linearizable';
    for (const event of puzzle.events) {
      if (event >= 0) continue;
      const returning = ~event;
      const following: Configuration[] = [];
      // Those that need nothing more come first, so that what is no better than they are is dropped.
      const ready = possible.filter(({ ahead }) => ahead.includes(returning));
      const others = possible.filter(({ ahead }) => !ahead.includes(returning));
      for (const configuration of [...ready, ...others]) {
        position.enter(configuration);
        const arrived = () => {
          const { state, ahead, spent } = position.configuration(configuration);
          following.push({ state, spent, ahead: ahead.filter((operation) => operation !== returning) });
          return false;
        };
        const steps = walk(position, memo, pace, () => position.isPlaced(returning), arrived);
        while (!steps.next().done) {
          if (memo.exhausted) return 'gave-up';
          yield;
        }
        position.leave(configuration);
      }
      if (following.length === 0) return 'not-linearizable';
      memo.clear();
      position.pass(returning);
      possible = following;
    }
    return 'linearizable';
  } finally {
    memo.clear();
  }
}
