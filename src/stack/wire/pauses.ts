/** Messages that stand still: held by a trap, or under way for a given time. All can be sent on at once. */
export class Pauses {
  readonly #held = new Map<number, Set<() => void>>();
  readonly #delayed = new Set<() => void>();

  /** Resolves when `release` is called for this trap. */
  hold(trap: number): Promise<void> {
    const held = this.#held.get(trap) ?? new Set();
    this.#held.set(trap, held);
    return new Promise((resolve) => held.add(resolve));
  }

  /** Resolves after this many ms. */
  delay(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#delayed.delete(go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      this.#delayed.add(go);
    });
  }

  release(trap: number): void {
    for (const go of this.#held.get(trap) ?? []) go();
    this.#held.delete(trap);
  }

  releaseAll(): void {
    for (const trap of [...this.#held.keys()]) this.release(trap);
    for (const go of [...this.#delayed]) go();
  }
}
