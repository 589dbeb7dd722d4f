import { Chronicle } from './chronicle.ts';
import { Clients } from './clients.ts';
import type { Core, CoreState, Durable, Effects, Entry, Input, Message } from './core.ts';
import { EventQueue } from './event-queue.ts';
import { Invariants } from './invariants.ts';
import type { Random, Scenario } from './scenario.ts';
import { Violation } from './violation.ts';

const HEARTBEAT_MS = 50;
const ELECTION_MIN_MS = 150;
const ELECTION_MAX_MS = 300;
const LATENCY_MS = 5;
const SLOW_MS = 400;
/** Far more than any run needs: some thousands. */
const MOST_STEPS = 50_000;

/** A node: its core while it is up, and its disk always. */
interface SimulatedNode {
  id: string;
  disk: Durable;
  /** undefined while it is down. */
  core: CoreState | undefined;
  /** Counts its starts: answers to what an earlier one has asked are heard by nobody. */
  life: number;
  /** What comes while it is paused happens when it goes on. */
  paused: boolean;
  missed: Input[];
  /** Counts how often it began to wait for a leader: only the last time counts. */
  wait: number;
}

/** A cluster of cores with a network, disks and clocks that are made up: everything follows from the random numbers. */
export class World {
  readonly scenario: Scenario;
  readonly queue = new EventQueue();
  readonly invariants = new Invariants();
  readonly clients: Clients;
  /** Undefined unless the run is to be told. */
  readonly chronicle: Chronicle | undefined;
  readonly #core: Core;
  readonly #random: Random;
  readonly #nodes: Map<string, SimulatedNode>;
  /** Directed links that are cut: `node1 node2`. */
  readonly #cut = new Set<string>();
  /** Requests that were not answered yet, as they arrive: who asked, and what it had sent. */
  readonly #asked = new Map<Message, { life: number; sent: Message }>();
  /** Things still go wrong. */
  #faulty = true;
  steps = 0;
  crashes = 0;

  constructor(core: Core, scenario: Scenario, random: Random, options: { record: boolean; session: number }) {
    this.#core = core;
    this.scenario = scenario;
    this.#random = random;
    this.chronicle = options.record ? new Chronicle() : undefined;
    this.clients = new Clients(core, options.session);
    const fresh = (id: string): SimulatedNode => ({
      id,
      disk: { currentTerm: 0, votedFor: null, log: [] },
      core: undefined,
      life: 0,
      paused: false,
      missed: [],
      wait: 0,
    });
    this.#nodes = new Map(scenario.nodes.map((id) => [id, fresh(id)]));
    for (const id of scenario.nodes) {
      this.start(id);
      this.#beat(id);
    }
  }

  /** Nodes that are up, with their cores. */
  get up(): CoreState[] {
    return [...this.#nodes.values()].flatMap(({ core }) => core ?? []);
  }

  isUp(id: string): boolean {
    return this.#node(id).core !== undefined;
  }

  /** A node starts with what is on its disk. */
  start(id: string): void {
    const node = this.#node(id);
    const peers = this.scenario.nodes.filter((other) => other !== id);
    const disk = { ...node.disk, log: [...node.disk.log] };
    node.core = this.#guard(id, () =>
      this.#core.createState(id, peers, disk, this.scenario.maxEntriesPerAppend),
    );
    node.life += 1;
    node.paused = false;
    node.missed = [];
    this.clients.started(id);
    this.invariants.started(node.core);
    if (node.life > 1) this.chronicle?.fault(this.queue.now, id, `${id} starts again, from its disk`);
    this.#waitForLeader(node);
  }

  /** All that a node has not saved is gone. */
  crash(id: string): void {
    const node = this.#node(id);
    if (node.core === undefined) return;
    node.core = undefined;
    this.crashes += 1;
    this.chronicle?.fault(this.queue.now, id, `${id} crashes`);
  }

  /** Crashes, and starts again after a random time. */
  crashForAWhile(id: string): void {
    this.crash(id);
    this.queue.schedule(20 + this.#random() * 600, () => {
      if (this.#faulty && !this.isUp(id)) this.start(id);
    });
  }

  pause(id: string): void {
    this.#node(id).paused = true;
    this.chronicle?.fault(this.queue.now, id, `${id} is paused`);
  }

  resume(id: string): void {
    const node = this.#node(id);
    if (!node.paused) return;
    node.paused = false;
    this.chronicle?.fault(this.queue.now, id, `${id} goes on`);
    for (const input of node.missed.splice(0)) this.step(id, input);
  }

  /** Cuts links, each in one direction. */
  cut(links: readonly (readonly [from: string, to: string])[], story: string): void {
    for (const [from, to] of links) this.#cut.add(`${from} ${to}`);
    this.chronicle?.fault(this.queue.now, undefined, story);
  }

  heal(): void {
    if (this.#cut.size > 0) this.chronicle?.fault(this.queue.now, undefined, 'the network is whole again');
    this.#cut.clear();
  }

  /** From now on nothing goes wrong any more; a minority may stay down. */
  calm(): void {
    this.#faulty = false;
    this.heal();
    for (const node of this.#nodes.values()) {
      this.resume(node.id);
      if (this.scenario.downForGood.includes(node.id)) this.crash(node.id);
      else if (node.core === undefined) this.start(node.id);
    }
  }

  /** Something happens to a node, and its effects are carried out in the shell's order. */
  step(id: string, input: Input): Effects | undefined {
    const node = this.#node(id);
    if (node.core === undefined) return undefined;
    if (node.paused) {
      node.missed.push(input);
      return undefined;
    }
    const { core } = node;
    const was = { state: core.state, term: core.currentTerm };
    const effects = this.#guard(id, () => this.#core.step(core, input));
    this.steps += 1;
    if (this.steps > MOST_STEPS) {
      throw new Violation('liveness', `The nodes send messages without end: ${MOST_STEPS} were not enough.`);
    }
    if (effects.persist) {
      node.disk = { currentTerm: core.currentTerm, votedFor: core.votedFor, log: [...core.log] };
    }
    if (core.state === 'leader' && was.state !== 'leader') this.#limitReign(node);
    if (core.state !== was.state || core.currentTerm !== was.term) {
      this.chronicle?.note(this.queue.now, id, `${core.state} in term ${core.currentTerm}`, core.currentTerm);
    }
    this.invariants.check(core, effects, node.disk);
    if (effects.reply !== null && input.type === 'request') this.#answer(input.message, effects.reply);
    for (const message of effects.send) this.#send(node, message);
    if (effects.resetElectionTimer) this.#waitForLeader(node);
    this.clients.carriedOut(core, input, effects);
    return effects;
  }

  /** A message travels: perhaps for long, perhaps twice, perhaps not to the end. */
  #send(node: SimulatedNode, sent: Message): void {
    const copies = this.#chance(this.scenario.duplicates) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const message = copyOf(sent);
      this.#asked.set(message, { life: node.life, sent });
      this.#travel(message, 'message', () => this.step(message.to, { type: 'request', message }));
    }
  }

  #answer(request: Message, reply: Message): void {
    const asked = this.#asked.get(request);
    this.#asked.delete(request);
    if (asked === undefined) return;
    const message = copyOf(reply);
    this.#travel(message, 'answer', () => {
      if (this.#node(request.from).life !== asked.life) return;
      this.step(request.from, { type: 'response', sent: asked.sent, message });
    });
  }

  #travel(message: Message, kind: 'message' | 'answer', arrive: () => void): void {
    const lost = this.#chance(this.scenario.loss) || this.#cut.has(`${message.from} ${message.to}`);
    const slow = this.#chance(this.scenario.slow) ? SLOW_MS : LATENCY_MS;
    const delay = 1 + this.#random() * slow;
    if (lost) {
      this.chronicle?.message(this.queue.now, 'lost', message);
      return;
    }
    this.queue.schedule(delay, () => {
      // A cut line loses also what is on its way.
      const arrives = this.isUp(message.to) && !this.#cut.has(`${message.from} ${message.to}`);
      this.chronicle?.message(this.queue.now, arrives ? kind : 'lost', message);
      if (arrives) arrive();
    });
  }

  #waitForLeader(node: SimulatedNode): void {
    node.wait += 1;
    const { wait, life } = node;
    const timeout = ELECTION_MIN_MS + this.#random() * (ELECTION_MAX_MS - ELECTION_MIN_MS);
    this.queue.schedule(timeout, () => {
      if (node.wait === wait && node.life === life) this.step(node.id, { type: 'electionTimeout' });
    });
  }

  #limitReign({ id, life }: SimulatedNode): void {
    const { reign } = this.scenario;
    if (reign === 0 || !this.#faulty) return;
    this.queue.schedule(this.#random() * reign, () => {
      if (this.#faulty && this.#node(id).life === life) this.crashForAWhile(id);
    });
  }

  #beat(id: string): void {
    this.queue.schedule(HEARTBEAT_MS, () => {
      if (this.#node(id).core?.state === 'leader') this.step(id, { type: 'heartbeatTimeout' });
      this.#beat(id);
    });
  }

  #chance(probability: number): boolean {
    return this.#faulty && this.#random() < probability;
  }

  #node(id: string): SimulatedNode {
    const node = this.#nodes.get(id);
    if (node) return node;
    throw new Violation('crash', `A message is sent to "${id}", which is no node.`);
  }

  /** What breaks down in the core is told like any other story. */
  #guard<Result>(id: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Violation('crash', `${id} breaks down: ${why}`, { nodes: [id] }, error);
    }
  }
}

/** As it comes out of the network: no object is shared between nodes. */
function copyOf(message: Message): Message {
  const { data } = message;
  if (!Array.isArray(data.entries)) return { ...message, data: { ...data } };
  const entries = data.entries.map(({ index, term, command }: Entry) => ({ index, term, command }));
  return { ...message, data: { ...data, entries } };
}
