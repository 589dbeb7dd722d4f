import type { Command, LogEntry } from './messages.ts';
import { sameValue } from './same-value.ts';

/** What a key holds. */
export interface Held {
  /** null if there is no such key. */
  value: unknown;
  exists: boolean;
  /** Index of the log entry that wrote it; 0 if there is no such key. */
  version: number;
}

/** What came of a command: the key as it is afterwards, or as it stood in the way. */
export interface Outcome {
  result: 'done' | 'mismatch' | 'stale_request';
  held: Held;
}

const NOTHING: Held = { value: null, exists: false, version: 0 };

/**
 * Keys and values: what comes of applying the log from its beginning. Every node applies the same entries in the same
 * order, so whatever happens here may depend on nothing else: no clock, no chance, no number of the node. It is not on
 * disk: after a restart the log is applied once more.
 */
export class StateMachine {
  readonly #held = new Map<string, Held>();
  /** For each client its last request and what came of it. This is replicated with the rest: a new leader knows it. */
  readonly #sessions = new Map<string, { requestId: number; outcome: Outcome }>();

  get(key: string): Held {
    return this.#held.get(key) ?? NOTHING;
  }

  /**
   * Applies a committed entry. A request that a client repeats takes effect once, and gets the same answer again.
   * (Raft paper, section 8; Ongaro's thesis, section 6.3)
   *
   * @returns null for an entry that changes nothing
   */
  apply({ index, command }: LogEntry): Outcome | null {
    if (command === null) return null;
    // TODO(session 10): 1. Without clientId and requestId: execute the command.
    // 2. The client's last request once more: the same outcome, and nothing happens. 3. An older one: the result is
    //    'stale_request', and nothing happens. 4. A new one: execute it, and remember it with its outcome.
    throw new Error('not implemented: apply-once');
  }

  /**
   * Carries a command out.
   *
   * @param version index of its entry
   */
  execute({ op = 'put', key, value, expected }: Command, version: number): Outcome {
    // TODO(session 10): put and delete write whatever stands there. cas writes only if the key holds what is
    // expected; expected null means that it must not exist. append adds to a text; a key that does not exist begins
    // with the empty one. What does not fit changes nothing: the result is 'mismatch', with what the key holds.
    throw new Error('not implemented: execute');
  }

  #write(key: string, held: Held): Outcome {
    if (held.exists) this.#held.set(key, held);
    else this.#held.delete(key);
    return { result: 'done', held };
  }
}
