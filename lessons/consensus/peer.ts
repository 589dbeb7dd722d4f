import type { Trial } from '../../src/verify/check.ts';
import { Cluster } from './cluster.ts';
import type { LogEntry, Position, Status, Taken } from './messages.ts';
import { SUBJECT } from './nodes.ts';

/** What a crafted AppendEntries says beside its entries. */
export interface Appending {
  /** Default: the peer's term. */
  term?: number;
  from?: string;
  leaderCommit?: number;
}

/** The checker in the place of node2 and node3, speaking to node1. Everything is relative to what node1 has already. */
export class Peer {
  readonly #cluster: Cluster;
  /** A term later than all that node1 has seen. */
  readonly term: number;
  /** Where its log ends. */
  readonly end: Position;
  /** How far it says it is committed. */
  readonly commitIndex: number;

  private constructor(cluster: Cluster, { currentTerm, lastLogIndex, lastLogTerm, commitIndex }: Status) {
    this.#cluster = cluster;
    this.term = Math.max(currentTerm, lastLogTerm) + 1;
    this.end = { index: lastLogIndex, term: lastLogTerm };
    this.commitIndex = commitIndex;
  }

  static async meet(trial: Trial): Promise<Peer> {
    const cluster = new Cluster(trial);
    return new Peer(cluster, await cluster.status(SUBJECT));
  }

  /** Entries that follow on `after`, one for each term. */
  entries(after: number, terms: readonly number[], mark: string): LogEntry[] {
    return terms.map((term, n) => {
      const index = after + 1 + n;
      return { index, term, command: { op: 'put', key: `${mark}-${index}-${term}`, value: index } };
    });
  }

  /** AppendEntries from the leader of a term; without entries a heartbeat. */
  async append(
    prev: Position,
    entries: readonly LogEntry[],
    { term = this.term, from = 'node2', leaderCommit = 0 }: Appending = {},
  ): Promise<Taken & { term: number }> {
    const data = { prevLogIndex: prev.index, prevLogTerm: prev.term, entries, leaderCommit };
    const message = { type: 'AppendEntries', term, from, to: SUBJECT, data };
    const answer = await this.#cluster.raft<Taken>(message);
    return { ...answer.data, success: answer.data.success === true, term: answer.term };
  }

  /** Asks for a vote with a log that ends so. */
  async askForVote(
    term: number,
    last: Position,
    from = 'node2',
  ): Promise<{ granted: boolean; term: number }> {
    const data = { lastLogIndex: last.index, lastLogTerm: last.term };
    const message = { type: 'RequestVote', term, from, to: SUBJECT, data };
    const answer = await this.#cluster.raft<{ voteGranted: unknown }>(message);
    return { granted: answer.data.voteGranted === true, term: answer.term };
  }

  status(): Promise<Status> {
    return this.#cluster.status(SUBJECT);
  }

  /** node1's log behind an index. */
  logAfter(index: number): Promise<LogEntry[]> {
    return this.#cluster.log(SUBJECT, index + 1);
  }
}
