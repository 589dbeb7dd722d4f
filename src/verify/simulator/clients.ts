import type { Command, Core, CoreState, Effects, Entry, Input } from './core.ts';
import { Violation } from './violation.ts';

const KEY = 'list';

/** What clients have asked for, and what was promised to them: acknowledged writes, reads, requests that were repeated. */
export class Clients {
  readonly #core: Core;
  readonly #session: number;
  /** By node: its state machine since its last start. */
  readonly #machines = new Map<string, { apply(entry: Entry): unknown }>();
  /** By index: what every node's state machine must answer. */
  readonly #outcomes: string[] = [];
  /** By node: indexes of the entries that its clients wait for, with their terms. */
  readonly #waiting = new Map<string, Map<number, number>>();
  /** By read: up to where it must see. */
  readonly #reads = new Map<number, number>();
  #acknowledged = 0;
  #lastRead = 0;
  #lastRequest = 0;
  readsAnswered = 0;

  constructor(core: Core, session: number) {
    this.#core = core;
    this.#session = session;
  }

  /** Index of the last entry that a client was told of. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** A client's next request. One client, one request at a time, repeated until it is answered. */
  nextCommand(repeat: boolean): Command {
    if (!repeat || this.#lastRequest === 0) this.#lastRequest += 1;
    const requestId = this.#lastRequest;
    if (this.#session < 10) return { key: KEY, value: requestId };
    return { op: 'append', key: KEY, value: `${requestId},`, clientId: 'client', requestId };
  }

  nextRead(): { type: 'read'; id: number } {
    this.#lastRead += 1;
    this.#reads.set(this.#lastRead, this.#acknowledged);
    return { type: 'read', id: this.#lastRead };
  }

  /** A node has forgotten its state machine, and its clients have lost it. */
  started(id: string): void {
    const { StateMachine } = this.#core;
    if (this.#session >= 10 && StateMachine) this.#machines.set(id, new StateMachine());
    this.#waiting.set(id, new Map());
  }

  carriedOut(node: CoreState, input: Input, { proposed, apply, reads }: Effects): void {
    const waiting = this.#waiting.get(node.id)!;
    if (input.type === 'propose' && proposed) waiting.set(proposed.index, proposed.term);
    for (const entry of apply ?? []) this.#apply(node, entry, waiting);
    // Who leads no longer has told its clients that it does not know.
    if (node.state !== 'leader') waiting.clear();
    for (const { id, confirmed } of reads ?? []) {
      const floor = this.#reads.get(id);
      this.#reads.delete(id);
      if (!confirmed || floor === undefined) continue;
      this.readsAnswered += 1;
      if (node.lastApplied >= floor) continue;
      throw new Violation(
        'linearizable-reads',
        `${node.id} answers a read from what it has applied, up to entry ${node.lastApplied}; entry ${floor} was acknowledged before the read came.`,
        { terms: [node.currentTerm], nodes: [node.id] },
      );
    }
  }

  #apply(node: CoreState, entry: Entry, waiting: Map<number, number>): void {
    const { index, term } = entry;
    if (waiting.get(index) === term) this.#acknowledged = Math.max(this.#acknowledged, index);
    waiting.delete(index);
    const machine = this.#machines.get(node.id);
    if (machine === undefined) return;
    const outcome = JSON.stringify(run(node.id, () => machine.apply(entry))) ?? 'nothing';
    const known = this.#outcomes[index - 1];
    if (known === undefined) {
      this.#outcomes[index - 1] = outcome;
      this.#checkOnce(node.id, outcome);
    } else if (known !== outcome) {
      const seen = `${node.id} applies entry ${index} and answers ${outcome}; another node answers ${known}.`;
      throw new Violation('once-only', seen, { terms: [term], nodes: [node.id] });
    }
  }

  /** The list has each number once. */
  #checkOnce(id: string, outcome: string): void {
    const numbers: string[] = outcome.match(/\d+(?=,)/g) ?? [];
    if (new Set(numbers).size === numbers.length) return;
    const twice = numbers.find((number, place) => numbers.indexOf(number) !== place);
    const seen = `Request ${twice} of a client was repeated, and ${id} has carried it out twice: ${outcome}`;
    throw new Violation('once-only', seen, { nodes: [id] });
  }
}

function run<Result>(id: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Violation('crash', `The state machine of ${id} breaks down: ${why}`, { nodes: [id] }, error);
  }
}
