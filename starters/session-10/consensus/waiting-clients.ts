import { HttpError } from '../shared/http-error.ts';
import type { LogEntry } from './messages.ts';
import type { Outcome } from './state-machine.ts';

/** What a client's command has become. */
export interface Committed {
  index: number;
  term: number;
  outcome: Outcome;
}

interface Waiter {
  term: number;
  timer: NodeJS.Timeout;
  resolve(committed: Committed): void;
  reject(error: unknown): void;
}

/** Clients whose commands are in this leader's log, until they are committed. */
export class WaitingClients {
  readonly #timeoutMs: number;
  /** By the index of their entry. */
  readonly #waiters = new Map<number, Waiter>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Waits until the entry is committed. Throws HttpError 504 `timeout` if it may be lost, or may not. */
  waitFor({ index, term }: LogEntry): Promise<Committed> {
    const { promise, resolve, reject } = Promise.withResolvers<Committed>();
    const timer = setTimeout(() => this.failed(index, mayBeLost()), this.#timeoutMs);
    this.#waiters.set(index, { term, timer, resolve, reject });
    return promise;
  }

  /** An entry was committed: the one that a client waits for, or that of another leader in its place. */
  committed(result: Committed): void {
    const waiter = this.#take(result.index);
    if (waiter?.term === result.term) waiter.resolve(result);
    else waiter?.reject(mayBeLost());
  }

  failed(index: number, error: unknown): void {
    this.#take(index)?.reject(error);
  }

  /** This node leads no longer: what its clients wait for is in the hands of others. */
  abandon(): void {
    for (const index of [...this.#waiters.keys()]) this.failed(index, mayBeLost());
  }

  #take(index: number): Waiter | undefined {
    const waiter = this.#waiters.get(index);
    clearTimeout(waiter?.timer);
    this.#waiters.delete(index);
    return waiter;
  }
}

function mayBeLost(): HttpError {
  const message = 'The command is in the log, but not committed yet. It may be lost, or not.';
  return new HttpError(504, 'timeout', message);
}
