import type { Trial } from '../../src/verify/check.ts';
import { Cluster, type LogEntry } from './cluster.ts';

/** The log of the node under test ends like this when a check begins. */
export interface Position {
  index: number;
  term: number;
}

/** The node under test. Its peers do not run: the checker speaks for them. */
export const SUBJECT = 'node1';

/** The checker in the place of node2 and node3, speaking to node1. Everything is relative to what node1 has already. */
export class Peer {
  readonly #cluster: Cluster;
  /** A term later than all that node1 has seen. */
  term: number;
  /** Where its log ends. */
  end: Position;

  private constructor(cluster: Cluster, term: number, end: Position) {
    this.#cluster = cluster;
    this.term = term;
    this.end = end;
  }

  static async meet(trial: Trial): Promise<Peer> {
    const cluster = new Cluster(trial);
    const health = await trial.node(SUBJECT).call('GET', '/health');
    const last = (await cluster.log(SUBJECT)).at(-1);
    const end = { index: last?.index ?? 0, term: last?.term ?? 0 };
    return new Peer(cluster, Number(health.body?.term) + 1, end);
  }

  /** Entries that follow on `after`, one for each term. */
  entries(after: number, terms: readonly number[], mark: string): LogEntry[] {
    return terms.map((term, n) => {
      const index = after + 1 + n;
      return { index, term, key: `${mark}-${index}-${term}`, value: index, deleted: false };
    });
  }

  /** Replicate from the leader of a term. */
  async replicate(prev: Position, entries: readonly LogEntry[], { term = this.term, from = 'node2' } = {}) {
    const data = { prevIndex: prev.index, prevTerm: prev.term, entries, commitIndex: 0 };
    const answer = await this.#cluster.rpc(SUBJECT, 'Replicate', term, from, data);
    return { ok: answer.data.ok === true, term: answer.term };
  }

  /** Heartbeat from the leader of a term. */
  async heartbeat(term: number, { from = 'node2', commitIndex = 0 } = {}) {
    const data = { leader: from, commitIndex, lastLogIndex: Math.max(this.end.index, commitIndex) };
    const answer = await this.#cluster.rpc(SUBJECT, 'Heartbeat', term, from, data);
    return { ok: answer.data.ok === true, term: answer.term };
  }

  /** Asks for a vote with a log that ends so. */
  async askForVote(term: number, last: Position, from = 'node2') {
    const data = { lastLogIndex: last.index, lastLogTerm: last.term };
    const answer = await this.#cluster.rpc(SUBJECT, 'RequestVote', term, from, data);
    return { granted: answer.data.granted === true, term: answer.term };
  }

  /** node1's log behind an index. */
  logAfter(index: number): Promise<LogEntry[]> {
    return this.#cluster.log(SUBJECT, index + 1);
  }
}

/** Index and term of an entry. */
export function position({ index, term }: LogEntry): Position {
  return { index, term };
}
