import { HttpError } from '../../shared/http-error.ts';
import { anyField } from '../../shared/json-body.ts';
import { NoAnswer } from '../../shared/rpc-client.ts';
import type { Election } from './election.ts';
import { parseEntries, wholeNumber } from './entry.ts';
import type { KeyValues } from './key-values.ts';
import type { NodeState } from './node-state.ts';
import type { ReplicationLog } from './replication-log.ts';
import type { Fields, Peers } from './rpc.ts';
import { takeOver } from './take-over.ts';

/** What a node does that does not lead: it copies the leader's log. */
export class Follower {
  readonly #state: NodeState;
  readonly #log: ReplicationLog;
  readonly #keyValues: KeyValues;
  readonly #election: Election;
  readonly #peers: Peers;
  /** Up to this index the log is known to be like that of this term's leader. */
  #agreed = { term: 0, index: 0 };
  #catchingUp = false;
  // @since 5
  #leaderHas: { lastLogIndex: number; heardAt: number | null } = { lastLogIndex: 0, heardAt: null };
  // @end

  constructor(state: NodeState, log: ReplicationLog, keyValues: KeyValues, election: Election, peers: Peers) {
    this.#state = state;
    this.#log = log;
    this.#keyValues = keyValues;
    this.#election = election;
    this.#peers = peers;
  }

  /** Message `Heartbeat`: the leader is there, and this much of its log is committed. */
  async onHeartbeat(term: number, from: string, data: Fields): Promise<Fields> {
    const commitIndex = wholeNumber(data, 'commitIndex');
    const lastLogIndex = wholeNumber(data, 'lastLogIndex');
    const ok = this.#accepts(term);
    if (ok) {
      this.#election.becomeFollower(from);
      // @since 5
      this.#heard(lastLogIndex);
      // @end
      this.#learnCommit(term, commitIndex);
      await this.#state.sync();
    }
    return { ok, lastLogIndex: this.#log.lastIndex };
  }

  /** Message `Replicate`: a part of the leader's log. `ok` promises that this node has it on disk. */
  async onReplicate(term: number, from: string, data: Fields): Promise<Fields> {
    const part = {
      term,
      prevIndex: wholeNumber(data, 'prevIndex'),
      prevTerm: wholeNumber(data, 'prevTerm'),
      entries: parseEntries(anyField(data, 'entries')),
    };
    const commitIndex = wholeNumber(data, 'commitIndex');
    const accepted = this.#accepts(term);
    if (accepted) this.#election.becomeFollower(from);
    const leads = this.#state.role === 'leader';
    const ok = !leads && (await takeOver(this.#log, this.#state.term, part)) && term === this.#state.term;
    if (ok) {
      const index = part.prevIndex + part.entries.length;
      // @since 5
      this.#heard(index);
      // @end
      this.#agree(term, index);
      this.#learnCommit(term, commitIndex);
    } else if (accepted) {
      void this.#catchUp(from, term);
    }
    return { ok, lastLogIndex: this.#log.lastIndex };
  }

  // @since 5
  /** How long the leader's log was when it was last heard, and how long ago that is: null if never. */
  leaderHas(): { lastLogIndex: number; silentMs: number | null } {
    const { lastLogIndex, heardAt } = this.#leaderHas;
    return { lastLogIndex, silentMs: heardAt === null ? null : Math.round(performance.now() - heardAt) };
  }

  // @end
  /** A leader of an earlier term was replaced. And nobody else can lead in the term in which this node does. */
  #accepts(term: number): boolean {
    return term === this.#state.term && this.#state.role !== 'leader';
  }

  // @since 5
  #heard(lastLogIndex: number): void {
    this.#leaderHas = { lastLogIndex, heardAt: performance.now() };
  }

  // @end
  #agree(term: number, index: number): void {
    if (term === this.#agreed.term) this.#agreed.index = Math.max(this.#agreed.index, index);
    else this.#agreed = { term, index };
  }

  /** Applies what is committed in the leader's log, as far as it is known to be the same in this one. */
  #learnCommit(term: number, commitIndex: number): void {
    if (term === this.#agreed.term) this.#keyValues.commit(Math.min(commitIndex, this.#agreed.index));
  }

  // ANCHOR: catch-up
  /** Asks the leader for everything behind what is committed here: that part alone is surely the same in both logs. */
  async #catchUp(leader: string, term: number): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      let from = this.#keyValues.commitIndex + 1;
      for (;;) {
        const answer = await this.#peers.call(leader, 'Sync', term, { from });
        const entries = parseEntries(answer.entries);
        if (term !== this.#state.term || entries.length === 0 || entries[0]?.index !== from) return;
        this.#log.merge(entries);
        await this.#log.sync();
        from += entries.length;
        this.#agree(term, from - 1);
        this.#learnCommit(term, wholeNumber(answer, 'commitIndex'));
      }
    } catch (error) {
      // The leader is gone or deposed: the next one sends its log again.
      if (!(error instanceof NoAnswer || error instanceof HttpError)) throw error;
    } finally {
      this.#catchingUp = false;
    }
  }
  // ANCHOR_END: catch-up
}
