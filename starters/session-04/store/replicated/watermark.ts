interface Waiter {
  level: number;
  settle(reached: boolean): void;
}

/** A number that only grows, and those who wait until it is high enough. */
export class Watermark {
  #value = 0;
  #waiters: Waiter[] = [];

  get value(): number {
    return this.#value;
  }

  raiseTo(value: number): void {
    this.#value = Math.max(this.#value, value);
    const reached = this.#waiters.filter(({ level }) => level <= this.#value);
    this.#waiters = this.#waiters.filter(({ level }) => level > this.#value);
    for (const waiter of reached) waiter.settle(true);
  }

  /** Whether it gets that high within `timeoutMs`. */
  reaches(level: number, timeoutMs: number): Promise<boolean> {
    if (level <= this.#value) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (reached: boolean) => {
        clearTimeout(timer);
        resolve(reached);
      };
      const waiter = { level, settle };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        settle(false);
      }, timeoutMs);
      this.#waiters.push(waiter);
    });
  }

  /** Nobody who waits now will see it reached. */
  abandon(): void {
    for (const waiter of this.#waiters) waiter.settle(false);
    this.#waiters = [];
  }
}
