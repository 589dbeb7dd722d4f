import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { searchDepthFirst } from './depth-first.ts';
import type { Operation } from './history.ts';
import { searchJustInTime } from './just-in-time.ts';
import { Allowance } from './memo.ts';
import { type Model, partitionOperations } from './model.ts';
import { makePuzzle, type Puzzle } from './puzzle.ts';
import type { Search } from './search.ts';

/** `unknown`: neither an order nor a proof that there is none was found within the budget. It is never a guess. */
export type Linearizability = 'linearizable' | 'not-linearizable' | 'unknown';

export type Algorithm = 'depth-first' | 'just-in-time';

export interface CheckHistoryOptions {
  /** After this many ms what is not decided is unknown. Default 10,000. */
  budgetMs?: number;
  /** Stops the check at once: its promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Which algorithms race. Default: both. */
  algorithms?: readonly Algorithm[];
  /** How many configurations are remembered at most, which bounds memory: a few hundred bytes each. Default 1,000,000. */
  mostConfigurations?: number;
}

export interface HistoryVerdict {
  /** Not linearizable when one part is not; linearizable when all are. */
  verdict: Linearizability;
  /** In the order in which the parts first appear. One that is not linearizable ends the check; the rest stays unknown. */
  parts: PartVerdict[];
  ms: number;
}

export interface PartVerdict {
  /** The name that the model gives the part: the key of a key-value store. */
  part: string;
  verdict: Linearizability;
  operations: number;
  /** Which algorithm was first; absent when none was before the check ended. */
  decidedBy?: Algorithm;
}

const BUDGET_MS = 10_000;
const MOST_CONFIGURATIONS = 1_000_000;
const FIRST_SLICE_MS = 1;
const LONGEST_SLICE_MS = 10;

const SEARCHES: Record<Algorithm, (puzzle: Puzzle, allowance: Allowance) => Search> = {
  'depth-first': searchDepthFirst,
  'just-in-time': searchJustInTime,
};

/**
 * Decides whether some order of the operations explains all answers: each operation takes effect in one instant between
 * its call and its answer. Parts that are independent by the model are judged by themselves; in each, two algorithms
 * race, a slice of time for the one, then for the other, and all parts take turns.
 * @throws the signal's reason when it is aborted
 */
export async function checkHistory<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: CheckHistoryOptions = {},
): Promise<HistoryVerdict> {
  options.signal?.throwIfAborted();
  const began = performance.now();
  const clock = new Clock(began + (options.budgetMs ?? BUDGET_MS), options.signal);
  const allowance = new Allowance(options.mostConfigurations ?? MOST_CONFIGURATIONS);
  const races: Race[] = [];
  for (const [part, members] of partitionOperations(model, operations)) {
    races.push(new Race(part, makePuzzle(model, members), members.length, allowance, options.algorithms));
    await clock.breathe();
  }
  await finish(races, clock);
  const parts = races.map((race) => race.result);
  const worst = (['not-linearizable', 'unknown'] as const).find((candidate) =>
    parts.some(({ verdict }) => verdict === candidate),
  );
  return { verdict: worst ?? 'linearizable', parts, ms: performance.now() - began };
}

/** Lets the races take turns, each turn longer than the one before, until all are decided, one is lost, or time is up. */
async function finish(races: readonly Race[], clock: Clock): Promise<void> {
  let open = races;
  let sliceMs = FIRST_SLICE_MS;
  try {
    while (open.length > 0) {
      for (const race of open) {
        for (const search of race.searches()) {
          race.advance(search, Math.min(sliceMs, clock.leftMs));
          await clock.breathe();
          if (race.result.verdict === 'not-linearizable' || clock.leftMs <= 0) return;
        }
      }
      open = open.filter((race) => !race.over);
      sliceMs = Math.min(2 * sliceMs, LONGEST_SLICE_MS);
    }
  } finally {
    for (const race of races) race.stop();
  }
}

/** The algorithms at work on one part. The first to find an answer wins. */
class Race {
  readonly result: PartVerdict;
  readonly #searches = new Map<Algorithm, Search>();

  constructor(
    part: string,
    puzzle: Puzzle,
    operations: number,
    allowance: Allowance,
    algorithms: readonly Algorithm[] = ['depth-first', 'just-in-time'],
  ) {
    this.result = { part, verdict: 'unknown', operations };
    for (const algorithm of algorithms) this.#searches.set(algorithm, SEARCHES[algorithm](puzzle, allowance));
  }

  /** Decided, or given up by all. */
  get over(): boolean {
    return this.#searches.size === 0;
  }

  /** The algorithms that are still at work; those that end meanwhile are passed over. */
  searches(): Iterable<Algorithm> {
    return this.#searches.keys();
  }

  /** @param ms how long the algorithm may work now */
  advance(algorithm: Algorithm, ms: number): void {
    const until = performance.now() + ms;
    const search = this.#searches.get(algorithm)!;
    do {
      const { done, value } = search.next();
      if (!done) continue;
      this.#searches.delete(algorithm);
      if (value === 'gave-up') return;
      this.result.verdict = value;
      this.result.decidedBy = algorithm;
      this.stop();
      return;
    } while (performance.now() < until);
  }

  /** Ends what is still at work, and frees its memory. */
  stop(): void {
    for (const search of this.#searches.values()) search.return('gave-up');
    this.#searches.clear();
  }
}

/** The budget, the signal and the event loop. */
class Clock {
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  #lastBreath = performance.now();

  /** @param deadline ms of performance.now() */
  constructor(deadline: number, signal: AbortSignal | undefined) {
    this.#deadline = deadline;
    this.#signal = signal;
  }

  get leftMs(): number {
    return this.#deadline - performance.now();
  }

  /** Lets the event loop turn when it has not for a while. @throws the signal's reason when it is aborted */
  async breathe(): Promise<void> {
    if (performance.now() - this.#lastBreath >= LONGEST_SLICE_MS) {
      await eventLoopTurn();
      this.#lastBreath = performance.now();
    }
    this.#signal?.throwIfAborted();
  }
}
