import type { DirectedRule, Trap } from './protocol.ts';

/** Three random numbers, 0 <= x < 1, that decide what rules do to one message in one direction. */
export interface Luck {
  loss: number;
  duplicate: number;
  jitter: number;
}

/** What the rules do to one message. */
export interface Fate {
  lost: false | 'cut' | 'lost';
  /** How much longer it is under way, ms. */
  delayMs: number;
  twice: boolean;
}

/** A trap that was set. It keeps count after it was disarmed, so that it can still be asked what it caught. */
export interface SetTrap {
  readonly id: number;
  readonly trap: Trap;
  /** seq of each message on which it acted. */
  readonly caught: number[];
  /** Messages that it will act on or has acted on. */
  taken: number;
  armed: boolean;
}

const MOST_TRAPS = 500;

/** The rules and traps in force. Decides, and does nothing itself. */
export class FaultTable {
  readonly #rules = new Map<string, DirectedRule>();
  readonly #traps = new Map<number, SetTrap>();
  readonly #generators = new Map<string, () => number>();
  #seed: number;
  #lastTrap = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get rules(): DirectedRule[] {
    return [...this.#rules.values()];
  }

  /** Replaces the rule of that direction. */
  setRule(rule: DirectedRule): void {
    this.#rules.set(direction(rule.from, rule.to), rule);
  }

  /** No rules any more, and every trap disarmed. */
  clear(): void {
    this.#rules.clear();
    for (const set of this.#traps.values()) set.armed = false;
  }

  isCut(from: string, to: string): boolean {
    return this.#rules.get(direction(from, to))?.cut === true;
  }

  /** What the rule of this direction does to a message that leaves now. */
  fate(from: string, to: string, luck: Luck): Fate {
    const rule = this.#rules.get(direction(from, to));
    if (!rule) return { lost: false, delayMs: 0, twice: false };
    const { cut = false, loss = 0, duplicate = 0, delayMs = 0, jitterMs = 0 } = rule;
    return {
      lost: cut ? 'cut' : luck.loss < loss && 'lost',
      delayMs: delayMs + luck.jitter * jitterMs,
      twice: luck.duplicate < duplicate,
    };
  }

  /** Starts the random numbers of every link anew. */
  restart(seed: number): void {
    this.#seed = seed;
    this.#generators.clear();
  }

  /**
   * The luck of the next request of a link and of its answer. Each link has numbers of its own, as many for each
   * message, so that neither traffic elsewhere nor the rules in force change what a seed does to a link's n-th message.
   */
  drawLuck(from: string, to: string): { request: Luck; answer: Luck } {
    const link = direction(from, to);
    let random = this.#generators.get(link);
    if (!random) {
      random = randomNumbers(this.#seed ^ hash(link));
      this.#generators.set(link, random);
    }
    const draw = () => ({ loss: random(), duplicate: random(), jitter: random() });
    return { request: draw(), answer: draw() };
  }

  setTrap(trap: Trap): SetTrap {
    const set = { id: ++this.#lastTrap, trap, caught: [], taken: 0, armed: true };
    this.#traps.set(set.id, set);
    this.#traps.delete(this.#lastTrap - MOST_TRAPS);
    return set;
  }

  trap(id: number): SetTrap | undefined {
    return this.#traps.get(id);
  }

  removeTrap(id: number): void {
    this.#traps.delete(id);
  }

  /** The oldest armed trap for this request, if any; one of its times is taken. */
  findTrap(from: string, to: string, path: string, body: Buffer): SetTrap | undefined {
    for (const set of this.#traps.values()) {
      const { trap } = set;
      const spent = trap.times !== 0 && set.taken >= trap.times;
      if (!set.armed || spent || trap.from !== from || trap.to !== to) continue;
      if (trap.path !== undefined && !path.startsWith(trap.path)) continue;
      if (trap.contains !== undefined && !body.includes(trap.contains)) continue;
      set.taken++;
      return set;
    }
    return undefined;
  }
}

function direction(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** mulberry32 (public domain): the same seed gives the same numbers, 0 <= x < 1, on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
