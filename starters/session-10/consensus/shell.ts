import { NoAnswer } from '../shared/rpc-client.ts';
import type { Trace } from '../shared/trace.ts';
import { type Input, step } from './core.ts';
import type { Effects } from './effects.ts';
import type { Command, LogEntry, RaftMessage } from './messages.ts';
import type { RaftSettings } from './settings.ts';
import type { RaftState } from './state.ts';
import { StateMachine } from './state-machine.ts';
import type { RaftStorage } from './storage.ts';
import { type Committed, WaitingClients } from './waiting-clients.ts';

/** An input that waits for its turn, and who waits for its effects. */
interface Arrival {
  input: Input;
  carriedOut(effects: Effects): void;
  failed(error: unknown): void;
}

/** What surrounds the core: clock, network, disk and chance. It brings the core its inputs and carries its effects out. */
export class Shell {
  /** The core's state: to be looked at, not to be changed. */
  readonly node: RaftState;
  readonly #storage: RaftStorage;
  readonly #send: (message: RaftMessage) => Promise<RaftMessage>;
  readonly #settings: RaftSettings;
  readonly #trace: Trace;
  readonly stateMachine = new StateMachine();
  #reads = new Map<number, (confirmed: boolean) => void>();
  #lastReadId = 0;
  readonly #clients: WaitingClients;
  #arrivals: Arrival[] = [];
  #working = false;
  #stopped = false;
  #electionTimer: NodeJS.Timeout | undefined;
  #heartbeats: NodeJS.Timeout | undefined;
  #traced = '';

  /** @param send asks another node, and resolves with its answer or rejects with NoAnswer */
  constructor(
    node: RaftState,
    storage: RaftStorage,
    send: (message: RaftMessage) => Promise<RaftMessage>,
    settings: RaftSettings,
    trace: Trace,
  ) {
    this.node = node;
    this.#storage = storage;
    this.#send = send;
    this.#settings = settings;
    this.#trace = trace;
    this.#clients = new WaitingClients(settings.requestTimeoutMs);
  }

  /** Waits for a leader. */
  start(): void {
    this.#waitForLeader();
    this.#heartbeats = setInterval(() => {
      if (this.node.state === 'leader') this.#happened({ type: 'heartbeatTimeout' });
    }, this.#settings.heartbeatMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#electionTimer);
    clearInterval(this.#heartbeats);
  }

  /** Takes in a message from another node, and gives the answer to it. */
  receive(message: RaftMessage): Promise<RaftMessage | null> {
    return new Promise((resolve, reject) => {
      this.#arrive({ type: 'request', message }, ({ reply }) => resolve(reply), reject);
    });
  }

  /**
   * Has a command written to the log, and waits until it is committed and applied.
   *
   * @returns null if this node does not lead: nothing has happened
   * @throws HttpError 504 `timeout` if the command may be lost, or may not
   */
  propose(command: Command): Promise<Committed | null> {
    return new Promise((resolve, reject) => {
      const carriedOut = ({ proposed }: Effects) =>
        resolve(proposed === null ? null : this.#clients.waitFor(proposed));
      this.#arrive({ type: 'propose', command }, carriedOut, reject);
    });
  }

  /** Whether the state machine may be read now: as if there were only one copy. False if this node cannot know. */
  confirmRead(): Promise<boolean> {
    this.#lastReadId += 1;
    const id = this.#lastReadId;
    return new Promise((resolve, reject) => {
      const settle = (confirmed: boolean) => {
        clearTimeout(timer);
        this.#reads.delete(id);
        resolve(confirmed);
      };
      const timer = setTimeout(() => settle(false), this.#settings.requestTimeoutMs);
      this.#reads.set(id, settle);
      this.#arrive({ type: 'read', id }, () => {}, reject);
    });
  }

  /** Resolves when all that the state shows now is on disk. */
  sync(): Promise<void> {
    return this.#storage.sync();
  }

  #arrive(input: Input, carriedOut: Arrival['carriedOut'], failed: Arrival['failed']): void {
    if (this.#stopped) return;
    this.#arrivals.push({ input, carriedOut, failed });
    if (!this.#working) void this.#work();
  }

  /** Something happens without anybody waiting for it. */
  #happened(input: Input): void {
    const failed = (error: unknown) => console.error(error);
    this.#arrive(input, () => {}, failed);
  }

  /**
   * Takes what has arrived to the core, and carries the effects out: what must be on disk first. Whatever arrives while
   * the disk is at work comes next, all together: one wait for the disk is enough for it.
   */
  async #work(): Promise<void> {
    this.#working = true;
    while (this.#arrivals.length > 0) {
      const steps = this.#arrivals.splice(0).flatMap((arrival) => this.#step(arrival));
      if (steps.some(({ effects }) => effects.persist)) this.#storage.save(this.node);
      await this.#storage.sync();
      for (const { arrival, effects } of steps) this.#carryOut(arrival, effects);
      if (this.node.state !== 'leader') this.#clients.abandon();
      this.#traceState();
    }
    this.#working = false;
  }

  #carryOut(arrival: Arrival, effects: Effects): void {
    arrival.carriedOut(effects);
    for (const message of effects.send) void this.#ask(message);
    if (effects.resetElectionTimer) this.#waitForLeader();
    for (const entry of effects.apply) this.#apply(entry);
    for (const { id, confirmed } of effects.reads) this.#reads.get(id)?.(confirmed);
  }

  #step(arrival: Arrival): { arrival: Arrival; effects: Effects }[] {
    try {
      return [{ arrival, effects: step(this.node, arrival.input) }];
    } catch (error) {
      if (arrival.input.type === 'electionTimeout') this.#waitForLeader();
      arrival.failed(error);
      return [];
    }
  }

  /** A message that gets no answer is not sent again: the next heartbeat, or the next election, says it anew. */
  async #ask(message: RaftMessage): Promise<void> {
    try {
      const answer = await this.#send(message);
      this.#happened({ type: 'response', sent: message, message: answer });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }

  /** Waits for a leader, once more from the beginning. The time is a random one: seldom do two nodes stand at once. */
  #waitForLeader(): void {
    clearTimeout(this.#electionTimer);
    if (this.#stopped) return;
    const { electionMinMs, electionMaxMs } = this.#settings;
    const timeoutMs = electionMinMs + Math.random() * (electionMaxMs - electionMinMs);
    this.#electionTimer = setTimeout(() => this.#happened({ type: 'electionTimeout' }), timeoutMs);
  }

  #apply(entry: LogEntry): void {
    const { index, term } = entry;
    this.#trace.event('apply', { index, term });
    try {
      const outcome = this.stateMachine.apply(entry);
      if (outcome !== null) this.#clients.committed({ index, term, outcome });
    } catch (error) {
      console.error(error);
      this.#clients.failed(index, error);
    }
  }

  #traceState(): void {
    const { state, currentTerm, leader } = this.node;
    const seen = `${state} ${currentTerm} ${leader}`;
    if (seen === this.#traced) return;
    this.#traced = seen;
    this.#trace.event('state', { role: state, term: currentTerm, leader });
  }
}
