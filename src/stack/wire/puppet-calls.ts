import type { WireMessage } from './protocol.ts';

/** How long dsc may take for an answer in a node's place, ms. */
const ANSWER_WITHIN_MS = 30_000;

export interface PuppetAnswer {
  status: number;
  /** Any JSON value; absent: an empty body. */
  body?: unknown;
}

interface Call {
  message: WireMessage;
  settle: (answer: PuppetAnswer | undefined) => void;
}

interface Waiter {
  to: string;
  take: (message: WireMessage | undefined) => void;
}

/** Requests that dsc answers in a node's place. Each is given out once. */
export class PuppetCalls {
  readonly #calls = new Map<number, Call>();
  #untaken: WireMessage[] = [];
  #waiters: Waiter[] = [];

  /** The answer to a request, or undefined when none came within 30 s or the call was dropped. */
  ask(message: WireMessage): Promise<PuppetAnswer | undefined> {
    return new Promise((resolve) => {
      const settle = (answer: PuppetAnswer | undefined) => {
        clearTimeout(timer);
        this.#calls.delete(message.seq);
        this.#untaken = this.#untaken.filter((other) => other !== message);
        resolve(answer);
      };
      const timer = setTimeout(settle, ANSWER_WITHIN_MS, undefined);
      this.#calls.set(message.seq, { message, settle });
      const waiter = this.#waiters.find(({ to }) => to === message.to);
      if (waiter) waiter.take(message);
      else this.#untaken.push(message);
    });
  }

  /**
   * The oldest request to this node that nobody has taken yet.
   * @param waitMs how long to wait for one
   * @returns undefined when there was none in time, or the signal was aborted
   */
  next(to: string, waitMs: number, signal: AbortSignal): Promise<WireMessage | undefined> {
    const ready = this.#untaken.find((message) => message.to === to);
    if (ready) {
      this.#untaken = this.#untaken.filter((message) => message !== ready);
      return Promise.resolve(ready);
    }
    return new Promise((resolve) => {
      const take = (message: WireMessage | undefined) => {
        clearTimeout(timer);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(message);
      };
      const waiter: Waiter = { to, take };
      const timer = setTimeout(take, waitMs, undefined);
      this.#waiters.push(waiter);
      signal.addEventListener('abort', () => take(undefined), { once: true });
    });
  }

  /** @returns false when no such request waits (any more) */
  answer(seq: number, answer: PuppetAnswer): boolean {
    const call = this.#calls.get(seq);
    call?.settle(answer);
    return call !== undefined;
  }

  dropAll(): void {
    for (const call of [...this.#calls.values()]) call.settle(undefined);
  }
}
