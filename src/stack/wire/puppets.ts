import type { WireMessage } from './protocol.ts';

/** dsc has this long to answer in a node's place, ms. */
const PUPPET_WITHIN_MS = 30_000;

export interface PuppetAnswer {
  status: number;
  body: unknown;
}

/** Messages that wait for dsc to answer them in the callee's place. */
export class Puppets {
  readonly #waiting = new Map<
    number,
    { message: WireMessage; resolve: (answer?: PuppetAnswer) => void; taken: boolean }
  >();
  readonly #arrivals = new Set<() => void>();

  /** @returns the answer; undefined when none came in time or everything was healed */
  ask(message: WireMessage): Promise<PuppetAnswer | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(), PUPPET_WITHIN_MS);
      const done = (answer?: PuppetAnswer) => {
        clearTimeout(timer);
        this.#waiting.delete(message.seq);
        resolve(answer);
      };
      this.#waiting.set(message.seq, { message, resolve: done, taken: false });
      for (const arrived of this.#arrivals) arrived();
    });
  }

  /** The next message for this callee that nobody took yet; undefined when none comes within `waitMs`. */
  async next(to: string, waitMs: number): Promise<WireMessage | undefined> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      for (const entry of this.#waiting.values()) {
        if (entry.taken || entry.message.to !== to) continue;
        entry.taken = true;
        return entry.message;
      }
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await this.#arrival(left);
    }
  }

  /** @returns whether a message with this number was waiting */
  answer(seq: number, answer: PuppetAnswer): boolean {
    const entry = this.#waiting.get(seq);
    entry?.resolve(answer);
    return entry !== undefined;
  }

  clear(): void {
    for (const entry of [...this.#waiting.values()]) entry.resolve();
  }

  #arrival(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#arrivals.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#arrivals.add(done);
    });
  }
}
