import type { Held, KeyValues } from './key-values.ts';
import type { Leadership } from './leadership.ts';
import type { Level } from './levels.ts';
import type { Quorum } from './quorum.ts';
import type { ReplicationSettings } from './settings.ts';
import { noQuorum } from './unavailable.ts';

/** Reads keys, with the promise that the client asks for. */
export class Reads {
  readonly #keyValues: KeyValues;
  readonly #quorum: Quorum;
  readonly #settings: ReplicationSettings;
  readonly #leadership: () => Leadership | undefined;

  /** @param leadership of this node, while it leads */
  constructor(
    keyValues: KeyValues,
    quorum: Quorum,
    settings: ReplicationSettings,
    leadership: () => Leadership | undefined,
  ) {
    this.#keyValues = keyValues;
    this.#quorum = quorum;
    this.#settings = settings;
    this.#leadership = leadership;
  }

  /**
   * Reads a key.
   *
   * @param token index of the last log entry that the client knows of; only level `session` looks at it
   * @returns undefined if this node cannot keep the promise: the leader may
   * @throws HttpError 503 if nobody can, as far as this node knows
   */
  read(key: string, level: Level, token: number): Promise<Held | undefined> {
    if (level === 'eventual') return this.eventual(key);
    if (level === 'session') return this.session(key, token);
    if (level === 'quorum') return this.quorum(key);
    return this.strong(key);
  }

  /** Whatever this node has applied, however old. */
  async eventual(key: string): Promise<Held> {
    // TODO(session 5): this.#keyValues has what this node has applied.
    throw new Error('not implemented: weak-reads');
  }

  /** Nothing older than what this client has written or read before: waits a while for it. */
  async session(key: string, token: number): Promise<Held | undefined> {
    // TODO(session 5): wait until this.#keyValues.applied reaches the token, for SESSION_WAIT_MS at most.
    // If it does not, leave the read to the leader: return undefined.
    throw new Error('not implemented: weak-reads');
  }

  /**
   * Nothing older than any write that was acknowledged before, without asking the leader: of any majority one node has
   * that write in its log. It need not have applied it. (Charapko and others, Linearizable Quorum Reads in Paxos, 2019)
   */
  async quorum(key: string): Promise<Held> {
    const index = await this.#quorum.lastLogIndex();
    if (!(await this.#keyValues.applied.reaches(index, this.#settings.requestTimeoutMs))) {
      throw noQuorum(`A majority knows of entry ${index}, and it was not committed here in time.`);
    }
    return this.#keyValues.get(key);
  }

  /** As if there were only one copy: nothing older than any write that was acknowledged before the read came. */
  async strong(key: string): Promise<Held | undefined> {
    // TODO(session 5): only a leader can answer: this.#leadership() is undefined elsewhere. It must be ready: know
    // what earlier leaders have promised. And it must be leader still, not only believe so: have a majority confirm
    // it. Where one of the two fails, throw noQuorum.
    throw new Error('not implemented: strong-read');
  }
}
