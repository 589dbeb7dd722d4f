import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../course/atomic-write.ts';
import { UserError } from '../course/user-error.ts';
import type { Runtime } from './runtime.ts';
import type { WireClient } from './wire/client.ts';
import type { DirectedRule } from './wire/protocol.ts';

/** Messages from the one to the other. */
type Direction = [from: string, to: string];

/** One injected fault, in the ledger from before it happens until it is undone. */
export interface Fault {
  /** Epoch ms. */
  at: number;
  /** In words: "node2 paused". */
  what: string;
  undo: { resume: string } | { fullSpeed: string } | { restart: string } | { wholeLinks: Direction[] };
}

/**
 * Injects faults and keeps the ledger of them, a file that survives a crash of dsc, so that
 * nothing stays paused or cut behind a learner's back.
 */
export class Faults {
  readonly #runtime: Runtime;
  readonly #wire: WireClient | undefined;
  readonly #services: readonly string[];
  readonly #file: string;
  /** The last change of the ledger; the next one waits for it. */
  #changed: Promise<void> = Promise.resolve();

  /**
   * @param wire undefined for a stack started by hand: its links cannot be broken
   * @param home directory in which `faults.json` is kept
   */
  constructor(runtime: Runtime, wire: WireClient | undefined, services: readonly string[], home: string) {
    this.#runtime = runtime;
    this.#wire = wire;
    this.#services = services;
    this.#file = join(home, 'faults.json');
  }

  /** The faults in force, oldest first. */
  async ledger(): Promise<Fault[]> {
    const text = await readFile(this.#file, 'utf8').catch(() => '[]');
    return JSON.parse(text) as Fault[];
  }

  async kill(node: string): Promise<void> {
    await this.#enter({ what: `${node} killed`, undo: { restart: node } });
    await this.#runtime.kill(node);
  }

  async pause(node: string): Promise<void> {
    await this.#enter({ what: `${node} paused`, undo: { resume: node } });
    await this.#runtime.pause(node);
  }

  async resume(node: string): Promise<void> {
    await this.#runtime.resume(node);
    await this.#strike((fault) => 'resume' in fault.undo && fault.undo.resume === node);
  }

  /** Leaves the node this share (0..1) of one processor. */
  async slow(node: string, share: number): Promise<void> {
    await this.#enter({
      what: `${node} slowed to ${Math.round(share * 100)}% of a processor`,
      undo: { fullSpeed: node },
    });
    try {
      await this.#runtime.slow(node, share);
    } catch (error) {
      await this.#strike((fault) => 'fullSpeed' in fault.undo && fault.undo.fullSpeed === node);
      throw error;
    }
  }

  /** Nothing that `from` says reaches `to`; the other direction is untouched. */
  cut(from: string, to: string): Promise<void> {
    return this.#link([[from, to]], { cut: true }, `${from} cut off from ${to} (one way)`);
  }

  /** No message passes between the node and any other, in either direction. Clients still reach it. */
  isolate(node: string): Promise<void> {
    return this.#link(this.#links(node), { cut: true }, `${node} isolated`);
  }

  /** Nodes of different groups cannot reach each other. A node in no group reaches everyone. */
  partition(groups: string[][]): Promise<void> {
    const directions: Direction[] = [];
    for (const group of groups) {
      for (const other of groups.filter((candidate) => candidate !== group)) {
        for (const from of group) for (const to of other) directions.push([from, to]);
      }
    }
    return this.#link(
      directions,
      { cut: true },
      `partition ${groups.map((group) => group.join(',')).join(' | ')}`,
    );
  }

  /** This share (0..1) of the messages is lost: between the two, to and from the one, or between all. */
  loss(share: number, node?: string, other?: string): Promise<void> {
    const which = describeLinks(node, other);
    return this.#link(
      this.#links(node, other),
      { loss: share },
      `${Math.round(share * 100)}% of the messages ${which} lost`,
    );
  }

  /** Every message takes this many ms longer: between the two, to and from the one, or between all. */
  delay(ms: number, node?: string, other?: string): Promise<void> {
    const which = describeLinks(node, other);
    return this.#link(
      this.#links(node, other),
      { delayMs: ms },
      `messages ${which} delayed by ${Math.round(ms)} ms`,
    );
  }

  /** Every link whole, every paused or slowed node at full speed again. Killed nodes stay dead. */
  async heal(): Promise<Fault[]> {
    const undone = (await this.ledger()).filter(({ undo }) => !('restart' in undo));
    for (const { undo } of undone) {
      if ('resume' in undo) await this.#runtime.resume(undo.resume);
      if ('fullSpeed' in undo) await this.#runtime.slow(undo.fullSpeed, 1);
    }
    await this.#wire?.heal();
    // A fault that was injected meanwhile stays in the ledger.
    await this.#strike((fault) => undone.some(({ at, what }) => fault.at === at && fault.what === what));
    return undone;
  }

  /** To be called when a node runs anew: it is neither dead, paused nor slow any more. */
  async forget(node: string): Promise<void> {
    await this.#strike(({ undo }) => Object.values(undo).includes(node));
  }

  async #link(directions: Direction[], change: Partial<DirectedRule>, what: string): Promise<void> {
    const wire = this.#wire ?? noWire();
    const rules = await wire.rules();
    await this.#enter({ what, undo: { wholeLinks: directions } });
    for (const [from, to] of directions) {
      const present = rules.find((rule) => rule.from === from && rule.to === to);
      await wire.setRule({ ...present, from, to, ...change });
    }
  }

  #links(node?: string, other?: string): Direction[] {
    if (node !== undefined && other !== undefined) return both(node, other);
    const around = node === undefined ? this.#services : [node];
    const pairs = around.flatMap((one) =>
      this.#services.filter((two) => two !== one).flatMap((two) => both(one, two)),
    );
    return [...new Map(pairs.map((pair) => [pair.join(' '), pair])).values()];
  }

  #enter(fault: Omit<Fault, 'at'>): Promise<void> {
    return this.#change((ledger) => [...ledger, { at: Date.now(), ...fault }]);
  }

  #strike(which: (fault: Fault) => boolean): Promise<void> {
    return this.#change((ledger) => ledger.filter((fault) => !which(fault)));
  }

  /** One change after the other: faults may be injected at the same time. */
  #change(how: (ledger: Fault[]) => Fault[]): Promise<void> {
    const change = async () => {
      const before = await this.ledger();
      const after = how(before);
      if (after.length !== before.length) await this.#write(after);
    };
    this.#changed = this.#changed.then(change, change);
    return this.#changed;
  }

  #write(ledger: Fault[]): Promise<void> {
    return atomicWrite(this.#file, `${JSON.stringify(ledger, null, 2)}\n`);
  }
}

function describeLinks(node?: string, other?: string): string {
  if (node === undefined) return 'between all nodes';
  return other === undefined ? `to and from ${node}` : `between ${node} and ${other}`;
}

function both(a: string, b: string): Direction[] {
  return [
    [a, b],
    [b, a],
  ];
}

/** @throws UserError always: link faults need the wire */
export function noWire(): never {
  throw new UserError('These nodes were started by hand, so their links are direct and cannot be broken.', {
    code: 'no-wire',
    why: 'dsc breaks links with a proxy between the nodes, which only `dsc start` sets up.',
    fix: 'docker compose down, then dsc start. (kill, pause and restart work as they are.)',
  });
}
