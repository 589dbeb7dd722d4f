import { HttpError } from '../../shared/http-error.ts';
import { anyField, stringField } from '../../shared/json-body.ts';
import { gather } from '../gather.ts';
import type { Core } from './client-api.ts';
import { type Change, type Entry, parseEntry } from './entry.ts';
import type { Membership } from './membership.ts';
import { resolve } from './merge.ts';
import type { Network } from './messages.ts';
import type { Replica } from './replica.ts';
import type { Mode, StoreSettings } from './settings.ts';
import { unavailable } from './unavailable.ts';

/** What the owners of a key answered when they were asked for it. */
interface Replies {
  owners: readonly string[];
  /** Those that answered. */
  reachable: readonly string[];
  /** What they hold. An owner that has never heard of the key holds nothing. */
  entries: readonly Entry[];
}

/**
 * Whether a request may be served. `cp` would rather refuse than be wrong, and needs more than half of the owners:
 * so any two requests have an owner in common. `ap` would rather be wrong than refuse, and needs one.
 *
 * @param reachable how many of the key's owners answer
 * @param owners how many owners the key has
 */
export function canServe(reachable: number, owners: number, mode: Mode): boolean {
  // TODO(session 3): how many owners does each mode need?
  throw new Error('not implemented: can-serve');
}

/** Reads and writes a key at all of its owners. Every owner can coordinate; there is no leader. */
export class Coordinator implements Core {
  readonly #network: Network;
  readonly #settings: StoreSettings;
  readonly #membership: Membership;
  readonly #replica: Replica;
  readonly #timestamp: () => number;

  /** @param timestamp gives the wall-clock time of a write, in epoch ms */
  constructor(
    network: Network,
    settings: StoreSettings,
    membership: Membership,
    replica: Replica,
    timestamp: () => number,
  ) {
    this.#network = network;
    this.#settings = settings;
    this.#membership = membership;
    this.#replica = replica;
    this.#timestamp = timestamp;
  }

  /**
   * Reads a key: the best of what its owners hold.
   *
   * @returns undefined if the owners that answer have never heard of the key
   * @throws HttpError 503 `no_quorum` if too few owners answer
   */
  async read(key: string): Promise<Entry | undefined> {
    const replies = await this.#askOwners(key);
    // TODO(session 3): a single owner is this node itself. Of several some may not answer: ask canServe,
    // and throw noQuorum where it says no.
    if (replies.owners.length > 1) throw new Error('not implemented: can-serve');
    return this.#best(replies.entries);
  }

  /**
   * Writes a key: asks the owners for the highest version, then tells them the next one.
   *
   * @returns the new entry, only after enough owners have it on disk
   * @throws HttpError 503 `no_quorum` if too few owners answer, and nobody was told;
   *   504 `timeout` if owners were told and too few have confirmed
   */
  async write(key: string, change: Change): Promise<Entry> {
    const replies = await this.#askOwners(key);
    // TODO(session 3): a single owner is this node itself. Of several, too few may answer: ask canServe, as in
    // read. And #tellOwners returns how many have confirmed: ask canServe again, and throw unconfirmed where it
    // says no. Why would noQuorum be wrong then?
    if (replies.owners.length > 1) throw new Error('not implemented: can-serve');
    const entry = this.#nextEntry(key, change, replies);
    await this.#tellOwners(entry, replies);
    return entry;
  }

  /** Whether this node owns the key. */
  serves(key: string): boolean {
    return this.#membership.ownersOf(key).includes(this.#network.nodeId);
  }

  /** An owner that answers, the first to do so. Nobody is told anything yet. Throws HttpError 503 `no_quorum`. */
  async serverOf(key: string): Promise<string> {
    const owners = this.#membership.ownersOf(key);
    const answers = await gather(
      owners,
      (owner) => this.#ask(owner, key),
      (count) => count > 0,
    );
    const [first] = answers.keys();
    if (first === undefined) throw noQuorum(key, { owners, reachable: [], entries: [] });
    return first;
  }

  /** Message `read`: what this owner holds of a key. Only after it is on disk: a crash must not take it back. */
  async onRead(data: Record<string, unknown>): Promise<{ entry: Entry | null }> {
    const key = stringField(data, 'key');
    this.#requireOwned(key);
    const entry = this.#replica.get(key) ?? null;
    await this.#replica.sync();
    return { entry };
  }

  /** Message `write`: this owner takes the entry in. */
  async onWrite(data: Record<string, unknown>): Promise<Record<string, never>> {
    const entry = parseEntry(anyField(data, 'entry'));
    this.#requireOwned(entry.key);
    this.#requireSettledRing();
    this.#replica.store(entry);
    await this.#replica.sync();
    return {};
  }

  /** Asks all owners of a key. In mode `ap` it waits for each of them, in `cp` only for enough. */
  async #askOwners(key: string): Promise<Replies> {
    const owners = this.#membership.ownersOf(key);
    const ask = (owner: string) => this.#ask(owner, key);
    const answers = await gather(owners, ask, this.#enough(owners.length, owners.length));
    const entries = [...answers.values()].filter((entry) => entry !== undefined);
    return { owners, reachable: [...answers.keys()], entries };
  }

  async #ask(owner: string, key: string): Promise<Entry | undefined> {
    const message = { type: 'read', data: { key } };
    const { entry } = await this.#network.send(owner, message, this.#settings.replicaTimeoutMs);
    return entry ?? undefined;
  }

  /** The entry that comes after everything that was heard. */
  #nextEntry(key: string, { value, deleted }: Change, { entries }: Replies): Entry {
    // Another write may have come in here since the owners were asked.
    const mine = this.#replica.get(key);
    const known = mine === undefined ? entries : [...entries, mine];
    const version = 1 + Math.max(0, ...known.map((entry) => entry.version));
    const seen: Record<string, number> = {};
    for (const [node, highest] of known.flatMap((entry) => Object.entries(entry.seen))) {
      seen[node] = Math.max(seen[node] ?? 0, highest);
    }
    seen[this.#network.nodeId] = version;
    return { key, value, deleted, version, timestamp: this.#timestamp(), writer: this.#network.nodeId, seen };
  }

  /** Tells all owners, also those that did not answer before. Returns how many have the entry on disk. */
  async #tellOwners(entry: Entry, { owners, reachable }: Replies): Promise<number> {
    this.#requireSettledRing();
    // On the own disk first. A writer that forgot what it told others would give the same version away twice.
    this.#replica.store(entry);
    await this.#replica.sync();
    const message = { type: 'write', data: { entry } };
    const tell = async (owner: string) => {
      if (owner !== this.#network.nodeId)
        await this.#network.send(owner, message, this.#settings.replicaTimeoutMs);
    };
    const confirmations = await gather(owners, tell, this.#enough(owners.length, reachable.length));
    return confirmations.size;
  }

  /** Whether to stop waiting: when `most` have answered, and in mode `cp` also when canServe is content. */
  #enough(owners: number, most: number): (answers: number) => boolean {
    const { mode } = this.#settings;
    return (answers) => answers >= most || (mode === 'cp' && canServe(answers, owners, mode));
  }

  #best(entries: readonly Entry[]): Entry | undefined {
    const [first, ...others] = entries;
    return first && others.reduce((best, entry) => resolve(best, entry, this.#settings.mode), first);
  }

  /** Nodes may disagree for a moment about the ring. Throws HttpError 503 `no_quorum`. */
  #requireOwned(key: string): void {
    if (this.serves(key)) return;
    const { epoch } = this.#membership.ring;
    throw unavailable(`${this.#network.nodeId} does not own "${key}" on its ring (epoch ${epoch}).`);
  }

  /** Throws HttpError 503 `no_quorum` while keys are being moved. */
  #requireSettledRing(): void {
    if (!this.#membership.changing) return;
    throw unavailable('The ring is being changed: nobody can write until the keys are moved.');
  }
}

function noQuorum(key: string, { owners, reachable }: Replies): HttpError {
  const who = reachable.length === 0 ? 'none' : `only ${reachable.join(', ')}`;
  return unavailable(`Of ${owners.join(', ')}, the owners of "${key}", ${who} can be reached.`);
}

function unconfirmed(key: string, confirmed: number, owners: readonly string[]): HttpError {
  const message = `Only ${confirmed} of ${owners.length} owners have confirmed "${key}". It may have been written.`;
  return new HttpError(504, 'timeout', message);
}
