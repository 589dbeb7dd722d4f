import { NoAnswer } from '../../shared/rpc-client.ts';
import { gather } from '../gather.ts';
import type { Change, ReplicationLogEntry } from './entry.ts';
import { FollowerLink } from './follower-link.ts';
import type { KeyValues } from './key-values.ts';
import type { ReplicationLog } from './replication-log.ts';
import type { Peers } from './rpc.ts';
import type { ReplicationSettings } from './settings.ts';
import { Watermark } from './watermark.ts';
import { majorityIndex } from './write.ts';

/** What a node does while it leads: it writes the log, sends it to the followers, and counts who has what. One a term. */
export class Leadership {
  readonly term: number;
  readonly #log: ReplicationLog;
  readonly #keyValues: KeyValues;
  readonly #peers: Peers;
  readonly #settings: ReplicationSettings;
  readonly #loseMajority: () => void;
  readonly #links: readonly FollowerLink[];
  /** Up to which index the log is on this node's own disk. */
  #ownIndex = 0;
  /** Up to which index a majority has it, as long as this node leads. */
  readonly #onMajority = new Watermark();
  // @since 5
  /** Up to which index all nodes have it. */
  readonly #onAll = new Watermark();
  // @end
  #heartbeats: NodeJS.Timeout | undefined;
  #firstIndex = 0;
  #over = false;

  /**
   * @param leader this node
   * @param loseMajority called when no majority was heard for ELECTION_MAX_MS
   */
  constructor(
    leader: string,
    term: number,
    log: ReplicationLog,
    keyValues: KeyValues,
    peers: Peers,
    settings: ReplicationSettings,
    loseMajority: () => void,
  ) {
    this.term = term;
    this.#log = log;
    this.#keyValues = keyValues;
    this.#peers = peers;
    this.#settings = settings;
    this.#loseMajority = loseMajority;
    const commitIndex = () => keyValues.commitIndex;
    const stored = () => this.#count();
    const shared = { term, leader, log, peers, commitIndex, stored };
    this.#links = peers.names.map((follower) => new FollowerLink(follower, shared));
  }

  // ANCHOR: begin-leading
  /**
   * Begins with an entry that changes nothing. When a majority has it, then so it has everything before it: what earlier
   * leaders have left is committed along with it. (Raft paper, sections 5.4.2 and 8)
   */
  async begin(): Promise<void> {
    const first = this.append(null, { value: null, deleted: false });
    this.#firstIndex = first.index;
    this.#heartbeats = setInterval(() => this.#beat(), this.#settings.heartbeatMs);
    this.#beat();
    this.sendToFollowers();
    await this.store(first);
  }
  // ANCHOR_END: begin-leading

  /** Somebody else leads, or nobody. Whoever still waits learns that it was not safe. */
  end(): void {
    this.#over = true;
    clearInterval(this.#heartbeats);
    for (const link of this.#links) link.close();
    this.#onMajority.abandon();
    // @since 5
    this.#onAll.abandon();
    // @end
  }

  /** Writes an entry at the end of the leader's log: in memory, not yet on disk. */
  append(key: string | null, change: Change): ReplicationLogEntry {
    return this.#log.append(this.term, key, change);
  }

  /** Sends the followers what they lack, and waits for none of them. */
  sendToFollowers(): void {
    for (const link of this.#links) link.push();
  }

  /** Waits until an entry, and all before it, are on the leader's own disk, and counts that. */
  async store({ index }: ReplicationLogEntry): Promise<void> {
    await this.#log.sync();
    this.#ownIndex = Math.max(this.#ownIndex, index);
    this.#count();
  }

  /** Whether a majority gets the entry with this index, in time and while this node leads. */
  isOnMajority(index: number): Promise<boolean> {
    return this.#within(this.#onMajority, index);
  }

  // @since 5
  /** Whether every node gets the entry with this index, in time and while this node leads. */
  isOnAll(index: number): Promise<boolean> {
    return this.#within(this.#onAll, index);
  }

  // ANCHOR: confirm
  /**
   * Whether this node still leads: asks all nodes now. A majority that follows it has elected nobody else so far; what a
   * node was asked earlier proves nothing about now.
   */
  async confirm(): Promise<boolean> {
    const links = new Map(this.#links.map((link) => [link.follower, link]));
    const ask = async (follower: string) => links.get(follower)?.heartbeat();
    const enough = (answers: number) => answers + 1 >= this.#peers.majority;
    const answers = await gather(this.#peers.names, ask, enough);
    return !this.#over && enough(answers.size);
  }
  // ANCHOR_END: confirm

  // @end
  /** Whether this leader knows everything that earlier ones have promised: its own first entry is committed. */
  isReady(): Promise<boolean> {
    return this.isOnMajority(this.#firstIndex);
  }

  async #within(watermark: Watermark, index: number): Promise<boolean> {
    return !this.#over && (await watermark.reaches(index, this.#settings.requestTimeoutMs));
  }

  /** Somebody has stored more: what is on a majority is committed, if this leader has written it. */
  #count(): void {
    if (this.#over) return;
    const stored = [this.#ownIndex, ...this.#links.map((link) => link.storedIndex)];
    const index = majorityIndex(stored);
    if (this.#log.termAt(index) === this.term) {
      this.#keyValues.commit(index);
      this.#onMajority.raiseTo(index);
    }
    // @since 5
    this.#onAll.raiseTo(Math.min(...stored));
    // @end
  }

  #beat(): void {
    if (!this.#hearsMajority()) {
      this.#loseMajority();
      return;
    }
    for (const link of this.#links) {
      link.heartbeat().catch((error) => {
        if (!(error instanceof NoAnswer)) throw error;
      });
    }
  }

  // ANCHOR: hears-majority
  /** A leader that nobody hears may have been replaced long ago. */
  #hearsMajority(): boolean {
    const since = performance.now() - this.#settings.electionMaxMs;
    const heard = this.#links.filter(({ heardAt }) => heardAt > since).length;
    return heard + 1 >= this.#peers.majority;
  }
  // ANCHOR_END: hears-majority
}
