import { type CheckHistoryOptions, checkHistory } from './check.ts';
import { clientName, historyUntil, type Operation, withoutAnswer } from './history.ts';
import type { Model } from './model.ts';

/** Why a part of a history is not linearizable, as plain data. */
export interface Explanation {
  /** The name that the model gives the part. */
  part: string;
  /** One sentence for a person who sees this for the first time. */
  sentence: string;
  /** What to draw, in the order of the calls. */
  bars: Bar[];
  /** How many operations of the part are not drawn, because they change nothing about the contradiction. */
  leftOut: number;
  /** Whether none of the answers that contradict each other can be left out; false when the budget ran out before. */
  minimal: boolean;
}

/** One operation, to be drawn as a bar from its call to its answer. */
export interface Bar {
  client: string;
  /** In the model's words, with the answer where it matters: `put x=3`, `get x -> 1`. */
  words: string;
  /** ms of the history's clock. */
  called: number;
  /** ms; absent when the outcome is unknown. */
  answered?: number;
  /**
   * `contradiction`: its answer cannot be true together with those of the others that are marked so; `last`: the answer
   * that completed the contradiction; `context`: it wrote what one of them saw, and its own answer plays no part.
   */
  role: 'contradiction' | 'last' | 'context';
}

export type ExplainOptions = Pick<CheckHistoryOptions, 'budgetMs' | 'signal'>;

const BUDGET_MS = 5_000;
/** No single question may use up more than this share of the budget. */
const SHARE_OF_ONE = 0.1;
const MOST_CONTEXT = 4;

/**
 * Finds the smallest part of a history that cannot be explained: first the earliest moment at which it could not be
 * explained any more, then the fewest answers, up to that moment, which contradict each other whatever happened to all
 * other operations. An answer is left out by taking the operation's outcome as unknown; so what remains is a proof, not
 * only an example. (Minimal conflicting sets by QuickXplain, Junker 2004, a delta debugging for properties that more
 * answers can only make worse.)
 * @param operations of one part (see `partitionOperations`)
 * @param options.budgetMs after this many ms what was found so far is given. Default 5,000.
 * @returns undefined when it was not proved within the budget that the part is not linearizable
 * @throws the signal's reason when it is aborted
 */
export async function explain<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: ExplainOptions = {},
): Promise<Explanation | undefined> {
  const budgetMs = options.budgetMs ?? BUDGET_MS;
  const judge = new Judge(model, budgetMs, options.signal);
  if (!(await judge.contradicts(operations, budgetMs))) return undefined;
  const known = await shortestPrefix(operations, judge);
  const answered = known.filter(({ answer }) => answer).sort((a, b) => b.answer!.at - a.answer!.at);
  const keeping = (kept: readonly Operation<Input, Output>[]) => {
    const keep = new Set(kept);
    return judge.contradicts(
      known.map((operation) => (keep.has(operation) ? operation : withoutAnswer(operation))),
    );
  };
  const contradiction = await minimalSubset(answered, keeping);
  const last = contradiction.reduce((a, b) => (a.answer!.at >= b.answer!.at ? a : b));
  const context = writersOf(model, contradiction, operations);
  const role = (operation: Operation<Input, Output>): Bar['role'] => {
    if (operation === last) return 'last';
    return contradiction.includes(operation) ? 'contradiction' : 'context';
  };
  const drawn = [...contradiction, ...context].sort((a, b) => a.called - b.called);
  return {
    part: model.partition(last.input),
    sentence: model.tell?.(contradiction, last, operations) ?? tellAny(model, contradiction, last),
    bars: drawn.map((operation) => ({
      client: operation.client,
      words: model.describe(operation.input, operation.answer?.output),
      called: operation.called,
      ...(operation.answer && { answered: operation.answer.at }),
      role: role(operation),
    })),
    leftOut: operations.length - drawn.length,
    minimal: !judge.unsure,
  };
}

/** Answers whether histories contradict themselves, within one budget. */
class Judge<State, Input, Output> {
  /** Whether some question could not be answered. */
  unsure = false;
  readonly #model: Model<State, Input, Output>;
  readonly #deadline: number;
  readonly #budgetMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(model: Model<State, Input, Output>, budgetMs: number, signal: AbortSignal | undefined) {
    this.#model = model;
    this.#budgetMs = budgetMs;
    this.#deadline = performance.now() + budgetMs;
    this.#signal = signal;
  }

  /** @returns false also when there was no time to find out */
  async contradicts(
    operations: readonly Operation<Input, Output>[],
    mostMs = SHARE_OF_ONE * this.#budgetMs,
  ): Promise<boolean> {
    const budgetMs = Math.min(mostMs, this.#deadline - performance.now());
    const options = { budgetMs, ...(this.#signal && { signal: this.#signal }) };
    const { verdict } = await checkHistory(this.#model, operations, options);
    if (verdict === 'unknown') this.unsure = true;
    return verdict === 'not-linearizable';
  }
}

/** The history as it was known when the answer came that contradicts what was known before. */
async function shortestPrefix<State, Input, Output>(
  operations: readonly Operation<Input, Output>[],
  judge: Judge<State, Input, Output>,
): Promise<Operation<Input, Output>[]> {
  const answers = operations.flatMap(({ answer }) => (answer ? [answer.at] : [])).sort((a, b) => a - b);
  let fine = -1;
  let broken = answers.length - 1;
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    if (await judge.contradicts(historyUntil(operations, answers[middle]!))) broken = middle;
    else fine = middle;
  }
  return historyUntil(operations, answers[broken]!);
}

/**
 * QuickXplain. Those in front are preferred to those behind.
 * @param items all together have the property
 * @param holds whether these have the property; if they have, so do they with more
 * @returns of the items a set that has the property, and none of which can be left out
 */
async function minimalSubset<Item>(
  items: readonly Item[],
  holds: (items: readonly Item[]) => Promise<boolean>,
): Promise<Item[]> {
  const reduce = async (given: readonly Item[], changed: boolean, rest: readonly Item[]): Promise<Item[]> => {
    if (changed && (await holds(given))) return [];
    if (rest.length === 1) return [...rest];
    const front = rest.slice(0, rest.length >> 1);
    const back = rest.slice(rest.length >> 1);
    const fromBack = await reduce([...given, ...front], true, back);
    const fromFront = await reduce([...given, ...fromBack], fromBack.length > 0, front);
    return [...fromFront, ...fromBack];
  };
  return reduce([], false, items);
}

/** Other operations that may have brought about the states which these need: the last begun before their end, else the next. */
function writersOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  contradiction: readonly Operation<Input, Output>[],
  operations: readonly Operation<Input, Output>[],
): Operation<Input, Output>[] {
  const shapeOf = ({ input, answer }: Operation<Input, Output>) => model.shape?.(input, answer?.output);
  const needed = contradiction.flatMap((operation) => {
    const legal = shapeOf(operation)?.legal;
    return typeof legal === 'object' ? [legal.only] : [];
  });
  const keys = new Set(needed.map((state) => model.key(state)));
  const others = operations.filter((operation) => {
    if (contradiction.includes(operation)) return false;
    const leaves = shapeOf(operation)?.leaves;
    if (leaves === 'grown') return needed.some((state) => model.contributes?.(operation.input, state));
    return typeof leaves === 'object' && keys.has(model.key(leaves.always));
  });
  const end = Math.max(...contradiction.map(({ answer }) => answer!.at));
  const latestFirst = others.toSorted((a, b) => b.called - a.called);
  const before = latestFirst.filter(({ called }) => called <= end);
  return before.length > 0 ? before.slice(0, MOST_CONTEXT) : latestFirst.slice(-1);
}

function tellAny<State, Input, Output>(
  model: Model<State, Input, Output>,
  contradiction: readonly Operation<Input, Output>[],
  { client, input, answer }: Operation<Input, Output>,
): string {
  const words = `${clientName(client)}'s ${model.describe(input, answer?.output)}`;
  if (contradiction.length === 1) return `No order of the operations explains ${words}.`;
  return `No order of these ${contradiction.length} operations explains all their answers; the last to come was ${words}.`;
}
