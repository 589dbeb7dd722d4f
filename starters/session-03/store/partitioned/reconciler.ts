import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '../../shared/http-error.ts';
import { anyField, stringField } from '../../shared/json-body.ts';
import { NoAnswer } from '../../shared/rpc-client.ts';
import { type Entry, parseEntry, stampOf } from './entry.ts';
import { type Membership, parseRing } from './membership.ts';
import type { Network } from './messages.ts';
import type { Replica } from './replica.ts';
import { hash32 } from './ring.ts';
import type { StoreSettings } from './settings.ts';

/** The ring is compared in this many arcs of equal length. */
const ARCS = 64;
/** So many stamps in one message. */
const STAMPS_AT_ONCE = 500;
/** So many bytes of entries in one message, unless one entry alone has more. */
const BYTES_AT_ONCE = 256 * 1024;

/**
 * Brings owners together that have missed something: compares what this node holds with every other node again and
 * again, and sends what differs. (Anti-entropy.)
 */
export class Reconciler {
  readonly #network: Network;
  readonly #settings: StoreSettings;
  readonly #membership: Membership;
  readonly #replica: Replica;
  readonly #stopping = new AbortController();
  /** By peer: the sums, and what they were computed from. */
  readonly #sums = new Map<string, { basis: string; sums: number[] }>();
  /** As `#basis` was when there was nothing to hand over. */
  #tidyBasis = '';

  constructor(network: Network, settings: StoreSettings, membership: Membership, replica: Replica) {
    this.#network = network;
    this.#settings = settings;
    this.#membership = membership;
    this.#replica = replica;
  }

  /** Compares until it is stopped. */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(this.#settings.reconcileMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await Promise.all(this.#network.peers.map((peer) => this.#compareWith(peer)));
        await this.handOver();
      } catch (error) {
        // Nobody is there to be answered. The next round tries again.
        console.error(error);
      }
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Sends the peer what it should hold and has missed. What this node has missed, the peer sends in its own round. */
  async #compareWith(peer: string): Promise<void> {
    try {
      const sums = this.#sumsWith(peer);
      const mine = { from: this.#network.nodeId, ring: this.#membership.ring, sums };
      const { ring, arcs } = await this.#call(peer, 'sums', mine);
      this.#membership.adopt(ring);
      const entries = this.#sharedWith(peer).filter(({ key }) => arcs.includes(arcOf(key)));
      for (const some of inBatches(entries, STAMPS_AT_ONCE, () => 1)) {
        const stamps = some.map((entry) => [entry.key, stampOf(entry)]);
        const { wanted } = await this.#call(peer, 'stamps', { stamps });
        await this.deliver(
          peer,
          some.filter(({ key }) => wanted.includes(key)),
        );
      }
    } catch (error) {
      // Silent or cut off: a later round will do.
      if (!(error instanceof NoAnswer)) throw error;
    }
  }

  /** Message `sums`: in which arcs of the ring this node holds something else than the sender. */
  async onSums(data: Record<string, unknown>): Promise<Record<string, unknown>> {
    const from = stringField(data, 'from');
    const theirs = anyField(data, 'sums');
    if (!Array.isArray(theirs)) throw new HttpError(400, 'bad_request', '"sums" must be a list.');
    this.#membership.adopt(parseRing(anyField(data, 'ring')));
    const sums = this.#sumsWith(from);
    const arcs = sums.flatMap((sum, arc) => (sum === theirs[arc] ? [] : [arc]));
    await this.#replica.sync();
    return { ring: this.#membership.ring, arcs };
  }

  /** Message `stamps`: of which keys this node does not hold what the sender holds. */
  async onStamps(data: Record<string, unknown>): Promise<{ wanted: string[] }> {
    const stamps = anyField(data, 'stamps');
    if (!Array.isArray(stamps) || !stamps.every(Array.isArray)) {
      throw new HttpError(400, 'bad_request', '"stamps" must be a list of pairs.');
    }
    const wanted = stamps.flatMap(([key, stamp]) => {
      const mine = this.#replica.get(key);
      return mine !== undefined && stampOf(mine) === stamp ? [] : [key];
    });
    return { wanted };
  }

  /** Message `copy`: takes in entries that are old news elsewhere. */
  async onCopy(data: Record<string, unknown>): Promise<Record<string, never>> {
    const entries = anyField(data, 'entries');
    if (!Array.isArray(entries)) throw new HttpError(400, 'bad_request', '"entries" must be a list.');
    for (const entry of entries.map(parseEntry)) this.#replica.store(entry);
    await this.#replica.sync();
    return {};
  }

  /** Resolves when the other node has all these entries on disk. Throws NoAnswer. */
  async deliver(to: string, entries: readonly Entry[]): Promise<void> {
    const size = (entry: Entry) => JSON.stringify(entry).length;
    for (const some of inBatches(entries, BYTES_AT_ONCE, size)) {
      await this.#call(to, 'copy', { entries: some });
    }
  }

  /** Gives away what this node holds and does not own, and lets go of it once all owners have it. */
  async handOver(): Promise<void> {
    const { ring, changing } = this.#membership;
    const basis = this.#basis();
    if (changing || basis === this.#tidyBasis) return;
    const strays = this.#replica.all().filter(({ key }) => !this.#isOwner(this.#network.nodeId, key));
    if (strays.length === 0) this.#tidyBasis = basis;
    const unreached: string[] = [];
    for (const owner of ring.nodes) {
      const theirs = strays.filter(({ key }) => this.#isOwner(owner, key));
      await this.deliver(owner, theirs).catch((error) => {
        if (!(error instanceof NoAnswer)) throw error;
        unreached.push(owner);
      });
    }
    // If anything has changed meanwhile, the next round takes care of it.
    if (ring !== this.#membership.ring) return;
    for (const stray of strays) {
      const safe = !unreached.some((owner) => this.#isOwner(owner, stray.key));
      if (safe && this.#replica.get(stray.key) === stray) this.#replica.drop(stray.key);
    }
    await this.#replica.sync();
  }

  #isOwner(node: string, key: string): boolean {
    return this.#membership.ownersOf(key).includes(node);
  }

  /** What a look at all entries depends on: as long as it is the same, nobody need look again. */
  #basis(): string {
    return `${this.#replica.changes} ${JSON.stringify(this.#membership.ring)}`;
  }

  /** The entries that both this node and the peer should hold. */
  #sharedWith(peer: string): Entry[] {
    return this.#replica.all().filter(({ key }) => {
      const owners = this.#membership.ownersOf(key);
      return owners.includes(this.#network.nodeId) && owners.includes(peer);
    });
  }

  /** For each arc of the ring a sum over the stamps of all shared entries in it, in whatever order. */
  #sumsWith(peer: string): number[] {
    const basis = this.#basis();
    const known = this.#sums.get(peer);
    if (known?.basis === basis) return known.sums;
    const sums = Array<number>(ARCS).fill(0);
    for (const entry of this.#sharedWith(peer)) {
      const arc = arcOf(entry.key);
      sums[arc] = (sums[arc]! + hash32(`${entry.key} ${stampOf(entry)}`)) % 2 ** 32;
    }
    this.#sums.set(peer, { basis, sums });
    return sums;
  }

  #call(to: string, type: string, data: Record<string, unknown>): Promise<any> {
    return this.#network.send(to, { type, data }, this.#settings.replicaTimeoutMs);
  }
}

function arcOf(key: string): number {
  return Math.floor(hash32(key) / (2 ** 32 / ARCS));
}

/** Cuts a list into pieces whose sizes add up to `most` at most, unless one item alone is larger. */
function* inBatches<T>(items: readonly T[], most: number, size: (item: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let total = 0;
  for (const item of items) {
    const more = size(item);
    if (batch.length > 0 && total + more > most) {
      yield batch;
      batch = [];
      total = 0;
    }
    batch.push(item);
    total += more;
  }
  if (batch.length > 0) yield batch;
}
