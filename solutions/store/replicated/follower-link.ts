import { NoAnswer } from '../../shared/rpc-client.ts';
import { wholeNumber } from './entry.ts';
import type { ReplicationLog } from './replication-log.ts';
import type { Fields, Peers } from './rpc.ts';

/** What the links to all followers of a leader have in common. */
export interface LinkSettings {
  term: number;
  leader: string;
  log: ReplicationLog;
  peers: Peers;
  commitIndex(): number;
  /** Told when the follower has stored more. */
  stored(): void;
}

/** A leader's way to one of its followers. */
export class FollowerLink {
  readonly follower: string;
  readonly #settings: LinkSettings;
  /** Index of the entry that is sent next. */
  #next: number;
  #storedIndex = 0;
  #sending = false;
  #heardAt = performance.now();
  #closed = false;

  constructor(follower: string, settings: LinkSettings) {
    this.follower = follower;
    this.#settings = settings;
    this.#next = settings.log.lastIndex + 1;
  }

  /** Up to which index the follower is known to have the leader's log on disk. */
  get storedIndex(): number {
    return this.#storedIndex;
  }

  /** When it last answered, by `performance.now`. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Sends nothing more. */
  close(): void {
    this.#closed = true;
  }

  // ANCHOR: heartbeat
  /** Says "I am here". Throws NoAnswer if the follower is silent, or follows somebody else. */
  async heartbeat(): Promise<void> {
    const { leader, log, commitIndex } = this.#settings;
    const data = { leader, commitIndex: commitIndex(), lastLogIndex: log.lastIndex };
    const answer = await this.#call('Heartbeat', data);
    if (answer.ok !== true) throw new NoAnswer(`${this.follower} follows somebody else`);
    if (this.#sending || this.#storedIndex === log.lastIndex) return;
    // It lacks something, or has something else: try at the end of its log.
    this.#next = Math.min(wholeNumber(answer, 'lastLogIndex'), log.lastIndex) + 1;
    void this.#send();
  }
  // ANCHOR_END: heartbeat

  /** Sends what is new in the log, unless that is being done. */
  push(): void {
    if (!this.#sending) void this.#send();
  }

  // ANCHOR: replicate
  /** Sends one part of the log after the other, until the follower has it all, refuses a part, or is silent. */
  async #send(): Promise<void> {
    const { log, commitIndex, stored } = this.#settings;
    this.#sending = true;
    try {
      do {
        const entries = log.batchFrom(this.#next);
        const prevIndex = this.#next - 1;
        const prevTerm = log.termAt(prevIndex) ?? 0;
        const data = { prevIndex, prevTerm, entries, commitIndex: commitIndex() };
        const answer = await this.#call('Replicate', data);
        // Its log ends earlier, or is another one. It asks for what it lacks; the next heartbeat tells where it is.
        if (answer.ok !== true) return;
        this.#next = prevIndex + entries.length + 1;
        this.#storedIndex = Math.max(this.#storedIndex, this.#next - 1);
        stored();
      } while (!this.#closed && this.#next <= log.lastIndex);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    } finally {
      this.#sending = false;
    }
  }
  // ANCHOR_END: replicate

  async #call(type: string, data: Fields): Promise<Fields> {
    const { term, peers } = this.#settings;
    if (this.#closed) throw new NoAnswer('this leadership is over');
    const answer = await peers.call(this.follower, type, term, data);
    if (this.#closed) throw new NoAnswer('this leadership is over');
    if (answer.ok === true) this.#heardAt = performance.now();
    return answer;
  }
}
