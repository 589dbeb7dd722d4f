import type { DirectedRule, Trap } from './protocol.ts';

/** A trap that was set, and what it caught. */
export interface SetTrap {
  id: number;
  trap: Trap;
  /** Sequence numbers of the messages caught. */
  caught: number[];
  /** Lets go of what the trap holds. */
  held: Set<() => void>;
}

/** What is to happen to messages: rules by direction, traps for single messages, seeded randomness. */
export class FaultPlan {
  readonly #rules = new Map<string, DirectedRule>();
  readonly #traps = new Map<number, SetTrap>();
  #random: () => number;
  #nextTrap = 1;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  seed(seed: number): void {
    this.#random = seededRandom(seed);
  }

  rules(): DirectedRule[] {
    return [...this.#rules.values()];
  }

  rule(from: string, to: string): DirectedRule {
    return this.#rules.get(`${from} ${to}`) ?? { from, to };
  }

  setRule(rule: DirectedRule): void {
    this.#rules.set(`${rule.from} ${rule.to}`, rule);
  }

  /** How long a message under this rule is under way on top of what it is anyway, ms. */
  delay(rule: DirectedRule): number {
    return (rule.delayMs ?? 0) + (rule.jitterMs ? this.#random() * rule.jitterMs : 0);
  }

  /** @param probability 0..1 */
  chance(probability = 0): boolean {
    return probability > 0 && this.#random() < probability;
  }

  setTrap(trap: Trap): SetTrap {
    const set: SetTrap = { id: this.#nextTrap++, trap, caught: [], held: new Set() };
    this.#traps.set(set.id, set);
    return set;
  }

  trap(id: number): SetTrap | undefined {
    return this.#traps.get(id);
  }

  /** The first trap that is for this request and not spent yet; the request counts as caught. */
  spring(request: {
    seq: number;
    from: string;
    to: string;
    path: string;
    body: Buffer;
  }): SetTrap | undefined {
    for (const set of this.#traps.values()) {
      const { from, to, path, contains, times } = set.trap;
      if (from !== request.from || to !== request.to) continue;
      if (path !== undefined && !request.path.startsWith(path)) continue;
      if (contains !== undefined && !request.body.includes(contains)) continue;
      if (times > 0 && set.caught.length >= times) continue;
      set.caught.push(request.seq);
      return set;
    }
    return undefined;
  }

  release(id: number): void {
    const held = this.#traps.get(id)?.held;
    for (const letGo of held ?? []) letGo();
    held?.clear();
  }

  removeTrap(id: number): void {
    this.release(id);
    this.#traps.delete(id);
  }

  /** No rules, no traps, nothing held. */
  clear(): void {
    this.#rules.clear();
    for (const id of [...this.#traps.keys()]) this.removeTrap(id);
  }
}

/** mulberry32: the same seed gives the same faults. The wire stands alone, so it has its own copy. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
