/**
 * One operation of one client, as the client saw it. Somewhere between `called` and the answer it took effect, in one
 * instant; that there is such an instant for every operation is what linearizability promises (Herlihy and Wing 1990).
 */
export interface Operation<Input, Output> {
  /** Who called. Named in explanations only: nothing is concluded from two operations having the same client. */
  readonly client: string;
  readonly input: Input;
  /** When the request was about to be sent, in ms of a monotonic clock. */
  readonly called: number;
  /** Absent when the outcome is unknown: it may take effect at any time after its call, or never. */
  readonly answer?: Answered<Output>;
}

/** A whole answer that came. */
export interface Answered<Output> {
  /** When the whole answer was here, in ms of the clock that stamped `called`. */
  readonly at: number;
  readonly output: Output;
}

/** An operation that has begun. It ends once; a second end is an error of the caller. */
export interface OpenOperation<Output> {
  /** The whole answer is here, now. */
  ok(output: Output): void;
  /** Nobody will ever know: a timeout, a broken connection, 504. The same as never ending it. */
  unknown(): void;
  /** It certainly did not happen: connection refused, or a status that promises so (4xx, 503). It is left out. */
  refused(): void;
}

interface Slot<Input, Output> {
  operation: Operation<Input, Output>;
  state: 'open' | 'ended' | 'refused';
}

/** Records what live clients do, at the moment they do it. */
export class HistoryRecorder<Input, Output> {
  readonly #now: () => number;
  readonly #slots: Slot<Input, Output>[] = [];

  /** @param now a monotonic clock in ms; the default is the process's own */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Call this right before the request is sent, and one of the returned functions right after its outcome is known.
   * Every request is an operation of its own: a client that silently sends a write twice makes the history a lie.
   * @param client who calls
   * @throws Error from the returned functions when the operation has ended already
   */
  begin(client: string, input: Input): OpenOperation<Output> {
    const slot: Slot<Input, Output> = { operation: { client, input, called: this.#now() }, state: 'open' };
    this.#slots.push(slot);
    const end = (state: 'ended' | 'refused') => {
      if (slot.state !== 'open') throw new Error(`an operation of ${client} was ended twice`);
      slot.state = state;
    };
    return {
      ok: (output) => {
        const at = this.#now();
        end('ended');
        slot.operation = { ...slot.operation, answer: { at, output } };
      },
      unknown: () => end('ended'),
      refused: () => end('refused'),
    };
  }

  /** All that may have happened, in the order of the calls. An operation that is still open has an unknown outcome. */
  operations(): Operation<Input, Output>[] {
    return this.#slots.filter(({ state }) => state !== 'refused').map(({ operation }) => operation);
  }
}

/**
 * The history as it was known at a moment: operations that had begun, and those answers that had come.
 * A part of a linearizable history is linearizable, so the first moment at which it is not can be searched for.
 * @param until ms; both calls and answers at this very moment are included
 */
export function historyUntil<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  until: number,
): Operation<Input, Output>[] {
  return operations
    .filter(({ called }) => called <= until)
    .map((operation) =>
      operation.answer && operation.answer.at > until ? withoutAnswer(operation) : operation,
    );
}

/** The operation as if its answer had never come. It promises less, so less can contradict it. */
export function withoutAnswer<Input, Output>({
  client,
  input,
  called,
}: Operation<Input, Output>): Operation<Input, Output> {
  return { client, input, called };
}

/** How a person calls the client: `client 2` for 2. */
export function clientName(client: string): string {
  return /^\d+$/.test(client) ? `client ${client}` : client;
}
