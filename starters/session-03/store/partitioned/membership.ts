import { HttpError } from '../../shared/http-error.ts';
import { anyField, numberField, objectBody, sameJson } from '../../shared/json-body.ts';
import type { Journal } from './journal.ts';
import { buildRing, ownersOf, type Point, type RingState } from './ring.ts';

/** What a node knows of the ring, and whether the ring is being changed. */
export class Membership {
  readonly vnodes: number;
  readonly replicas: number;
  readonly #journal: Journal;
  #ring: RingState;
  /** Built when it is needed for the first time. */
  #points: Point[] | undefined;
  #next: { ring: RingState; until: number } | undefined;

  constructor(journal: Journal, ring: RingState, vnodes: number, replicas: number) {
    this.#journal = journal;
    this.#ring = ring;
    this.vnodes = vnodes;
    this.replicas = replicas;
  }

  get ring(): RingState {
    return this.#ring;
  }

  /** The ring's points, clockwise. */
  get points(): readonly Point[] {
    this.#points ??= buildRing(this.#ring.nodes, this.vnodes);
    return this.#points;
  }

  ownersOf(key: string): string[] {
    return ownersOf(this.points, key, this.replicas);
  }

  /** Tells the owners of a key if the ring were another one. */
  ownersOn(ring: RingState): (key: string) => string[] {
    const points = buildRing(ring.nodes, this.vnodes);
    return (key) => ownersOf(points, key, this.replicas);
  }

  /** Whether the ring is being changed, so that nobody may write. */
  get changing(): boolean {
    return this.#next !== undefined && performance.now() < this.#next.until;
  }

  /**
   * From now on nobody may write, until the ring is adopted, or the change is called off or takes too long.
   *
   * @returns false if this node knows a ring as new as this one, or another change is under way
   */
  prepare(ring: RingState, withinMs: number): boolean {
    if (!isNewer(ring, this.#ring) || this.changing) return false;
    this.#next = { ring, until: performance.now() + withinMs };
    return true;
  }

  /** Calls off the change to this ring. */
  cancel(ring: RingState): void {
    if (this.#isNext(ring)) this.#next = undefined;
  }

  /** Whether the change to this ring was prepared here and nobody has written since. */
  isPrepared(ring: RingState): boolean {
    return this.changing && this.#isNext(ring);
  }

  /** Goes over to this ring if it is newer. Safe on disk only after the journal's next `sync`. */
  adopt(ring: RingState): void {
    if (!isNewer(ring, this.#ring)) return;
    this.#ring = ring;
    this.#points = undefined;
    this.#next = undefined;
    this.#journal.append({ ring });
  }

  #isNext(ring: RingState): boolean {
    return this.#next !== undefined && sameJson(this.#next.ring, ring);
  }
}

/** Two nodes may have changed the ring at the same time: then the order of the names decides, everywhere alike. */
export function isNewer(ring: RingState, other: RingState): boolean {
  if (ring.epoch !== other.epoch) return ring.epoch > other.epoch;
  return ring.nodes.join() > other.nodes.join();
}

/** Reads a ring that another node sent. Throws HttpError 400. */
export function parseRing(body: unknown): RingState {
  const fields = objectBody(body);
  return { epoch: numberField(fields, 'epoch'), nodes: parseNodes(fields) };
}

/** Reads the field `nodes`: ids, at least one, none twice. Throws HttpError 400. */
export function parseNodes(fields: Record<string, unknown>): string[] {
  const nodes = anyField(fields, 'nodes');
  const valid = Array.isArray(nodes) && nodes.every((node) => typeof node === 'string' && node !== '');
  if (!valid || nodes.length === 0 || new Set(nodes).size < nodes.length) {
    const message = '"nodes" must be a list of node ids: at least one, none of them twice.';
    throw new HttpError(400, 'bad_request', message);
  }
  return nodes.sort();
}
