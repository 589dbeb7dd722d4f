/** How many configurations all searches of one check may remember together: what keeps memory bounded. */
export class Allowance {
  left: number;

  /** @param configurations a few hundred bytes each */
  constructor(configurations: number) {
    this.left = configurations;
  }
}

const NEXT_TO_NOTHING = 10_000;

/**
 * Configurations that a search need not look at again (Lowe 2017). A configuration is a set of placed operations and the
 * state they left. Of operations without an answer only their number counts, for each group of like ones: whoever got to
 * the same point with fewer of them spent can do all that the other can.
 */
export class Memo {
  readonly #allowance: Allowance;
  readonly #spent = new Map<string, Uint16Array[]>();
  #remembered = 0;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /**
   * @param key the state and the placed operations that were answered
   * @param spent how many of each group of operations without an answer are placed
   * @returns whether this configuration, or a better one, was here before; if not, it is remembered
   */
  seen(key: string, spent: Uint16Array): boolean {
    const before = this.#spent.get(key);
    if (before?.some((other) => other.every((count, group) => count <= spent[group]!))) return true;
    this.#remembered++;
    this.#allowance.left--;
    if (before) before.push(spent.slice());
    else this.#spent.set(key, [spent.length === 0 ? spent : spent.slice()]);
    return false;
  }

  /** Whether the allowance is used up. A search that takes next to nothing of it goes on. */
  get exhausted(): boolean {
    return this.#allowance.left < 0 && this.#remembered > NEXT_TO_NOTHING;
  }

  /** Forgets all, which gives the allowance back. */
  clear(): void {
    this.#allowance.left += this.#remembered;
    this.#remembered = 0;
    this.#spent.clear();
  }
}
