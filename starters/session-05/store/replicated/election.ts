import { NoAnswer } from '../../shared/rpc-client.ts';
import type { Trace } from '../../shared/trace.ts';
import type { NodeState } from './node-state.ts';
import type { ReplicationLog } from './replication-log.ts';
import type { Fields, Peers } from './rpc.ts';
import type { ReplicationSettings } from './settings.ts';
import { parseVoteRequest, shouldGrantVote } from './vote.ts';

/** What the rest of the node does when leadership changes hands. */
export interface ElectionListener {
  /** This node leads from now on, in the state's term. */
  elected(): void;
  /** This node leads no longer. */
  deposed(): void;
}

/** Decides who leads: waits for a leader, stands for election, votes, and steps down. */
export class Election {
  readonly #state: NodeState;
  readonly #log: ReplicationLog;
  readonly #peers: Peers;
  readonly #settings: ReplicationSettings;
  readonly #listener: ElectionListener;
  readonly #trace: Trace;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    state: NodeState,
    log: ReplicationLog,
    peers: Peers,
    settings: ReplicationSettings,
    listener: ElectionListener,
    trace: Trace,
  ) {
    this.#state = state;
    this.#log = log;
    this.#peers = peers;
    this.#settings = settings;
    this.#listener = listener;
    this.#trace = trace;
  }

  start(): void {
    this.#waitForLeader();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Every message and every answer carries its sender's term. A later one means: this node's term is over. */
  observeTerm(term: number): void {
    if (term <= this.#state.term) return;
    this.#state.enterTerm(term, null);
    this.becomeFollower(null);
  }

  /** From now on this node follows: the leader of its term, or nobody (null) until one is heard. */
  becomeFollower(leader: string | null): void {
    const { role } = this.#state;
    this.#state.role = 'follower';
    this.#state.leader = leader;
    if (leader !== null || role === 'leader') this.#waitForLeader();
    if (role === 'leader') this.#listener.deposed();
    if (role !== 'follower') this.#traceRole();
  }

  /** Message `RequestVote`: a candidate asks for this node's vote. */
  async onRequestVote(term: number, from: string, data: Fields): Promise<Fields> {
    const request = parseVoteRequest(term, from, data);
    const granted = shouldGrantVote(
      {
        term: this.#state.term,
        votedFor: this.#state.votedFor,
        lastLogTerm: this.#log.lastTerm,
        lastLogIndex: this.#log.lastIndex,
      },
      request,
    );
    if (granted) {
      this.#state.voteFor(from);
      this.#waitForLeader();
    }
    await this.#state.sync();
    return { granted };
  }

  /** Waits for a leader, once more from the beginning. The time is a random one: seldom do two nodes stand at once. */
  #waitForLeader(): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#state.role === 'leader') return;
    const { electionMinMs, electionMaxMs } = this.#settings;
    const timeoutMs = electionMinMs + Math.random() * (electionMaxMs - electionMinMs);
    this.#timer = setTimeout(() => void this.#stand(), timeoutMs);
  }

  /** Nobody leads, as far as this node knows: it asks the others to vote for it, in a new term. */
  async #stand(): Promise<void> {
    const state = this.#state;
    const term = state.term + 1;
    state.enterTerm(term, state.nodeId);
    state.role = 'candidate';
    state.leader = null;
    this.#traceRole();
    this.#waitForLeader();
    await state.sync();
    const standing = () => state.role === 'candidate' && state.term === term && !this.#stopped;
    let votes = 0;
    const countVote = () => {
      votes += 1;
      if (standing() && votes >= this.#peers.majority) this.#win();
    };
    countVote();
    const ask = async (peer: string) => {
      if (standing() && (await this.#askForVote(peer, term))) countVote();
    };
    await Promise.all(this.#peers.names.map(ask));
  }

  async #askForVote(peer: string, term: number): Promise<boolean> {
    const { lastTerm: lastLogTerm, lastIndex: lastLogIndex } = this.#log;
    try {
      const answer = await this.#peers.call(peer, 'RequestVote', term, { lastLogTerm, lastLogIndex });
      return answer.granted === true;
    } catch (error) {
      if (error instanceof NoAnswer) return false;
      throw error;
    }
  }

  #win(): void {
    clearTimeout(this.#timer);
    this.#state.role = 'leader';
    this.#state.leader = this.#state.nodeId;
    this.#traceRole();
    this.#listener.elected();
  }

  #traceRole(): void {
    const { role, term, leader } = this.#state;
    this.#trace.event('state', { role, term, leader });
  }
}
