import { HttpError } from '../../shared/http-error.ts';
import { anyField, stringField } from '../../shared/json-body.ts';
import { NoAnswer } from '../../shared/rpc-client.ts';
import { everyone, gather } from '../gather.ts';
import type { Entry } from './entry.ts';
import { isNewer, type Membership, parseRing } from './membership.ts';
import type { Network } from './messages.ts';
import type { Reconciler } from './reconciler.ts';
import type { Replica } from './replica.ts';
import type { RingState } from './ring.ts';
import { unavailable } from './unavailable.ts';

/**
 * Lets nodes join and leave the ring, in two steps, so that no reader is told that a key is gone which has only moved:
 *
 * 1. `copy`: nobody writes any more, and each node copies its keys to their new owners.
 * 2. `switch`: each node goes over to the new ring, and lets go of what it no longer owns.
 */
export class RingChange {
  readonly #network: Network;
  readonly #membership: Membership;
  readonly #replica: Replica;
  readonly #reconciler: Reconciler;
  readonly #timeoutMs: number;

  /** @param timeoutMs how long a node may take over one step */
  constructor(
    network: Network,
    membership: Membership,
    replica: Replica,
    reconciler: Reconciler,
    timeoutMs: number,
  ) {
    this.#network = network;
    this.#membership = membership;
    this.#replica = replica;
    this.#reconciler = reconciler;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Puts these nodes on the ring and no others. Those that stay, join or leave must all take part: if a node is dead,
   * nobody can say what it alone holds.
   *
   * @returns how many keys were handed to a node that did not own them before
   * @throws HttpError 503 `no_quorum` if a node does not take part, and the ring stays as it was;
   *   504 `timeout` if a node has not confirmed the new ring
   */
  async change(nodes: string[]): Promise<number> {
    const before = this.#membership.ring;
    const ring = { epoch: before.epoch + 1, nodes };
    const all = [this.#network.nodeId, ...this.#network.peers];
    const needed = all.filter((node) => nodes.includes(node) || before.nodes.includes(node));
    const copied = await this.#tell(all, 'copy', ring, everyone);
    const silent = needed.filter((node) => !copied.has(node));
    if (silent.length > 0) {
      await this.#tell(all, 'cancel', ring, (answers) => answers >= copied.size);
      throw unavailable(`The ring stays as it was: ${silent.join(', ')} cannot take part in a change.`);
    }
    const switched = await this.#tell([...copied.keys()], 'switch', ring, everyone);
    const late = needed.filter((node) => !switched.has(node));
    if (late.length > 0) {
      throw new HttpError(
        504,
        'timeout',
        `The ring has changed, but ${late.join(', ')} may not know it yet.`,
      );
    }
    return [...copied.values()].reduce((sum, moved) => sum + moved, 0);
  }

  /** Message `ring`: one step of a change that another node, or this one, has begun. */
  async onRing(data: Record<string, unknown>): Promise<{ moved: number }> {
    const ring = parseRing(anyField(data, 'ring'));
    const step = stringField(data, 'step');
    switch (step) {
      case 'copy':
        return { moved: await this.#copy(ring) };
      case 'switch':
        this.#requirePrepared(ring);
        this.#membership.adopt(ring);
        await this.#reconciler.handOver();
        return { moved: 0 };
      case 'cancel':
        this.#membership.cancel(ring);
        return { moved: 0 };
      default:
        throw new HttpError(400, 'bad_request', `"step" cannot be "${step}".`);
    }
  }

  /**
   * Copies this node's keys to those nodes that own them on the new ring and not on the old one.
   *
   * @returns how many keys they are. Of several owners only the first counts a key, so that it is counted once.
   */
  async #copy(ring: RingState): Promise<number> {
    // A little longer than all nodes together may take, so that nobody writes before everyone has heard of it.
    if (!this.#membership.prepare(ring, 3 * this.#timeoutMs)) {
      throw unavailable(`${this.#network.nodeId} knows of another change of the ring.`);
    }
    const ownersAfter = this.#membership.ownersOn(ring);
    const gained = new Map<string, Entry[]>(ring.nodes.map((node) => [node, []]));
    let moved = 0;
    for (const entry of this.#replica.all()) {
      const before = this.#membership.ownersOf(entry.key);
      const added = ownersAfter(entry.key).filter((owner) => !before.includes(owner));
      for (const owner of added) gained.get(owner)!.push(entry);
      if (added.length > 0 && before[0] === this.#network.nodeId && !entry.deleted) moved += 1;
    }
    for (const [owner, entries] of gained) await this.#deliver(owner, entries);
    return moved;
  }

  async #deliver(owner: string, entries: readonly Entry[]): Promise<void> {
    try {
      await this.#reconciler.deliver(owner, entries);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      throw unavailable(`${owner} does not take the keys that it would own.`);
    }
  }

  /** A node may have heard of the new ring in another way. Otherwise its keys must not have changed since `copy`. */
  #requirePrepared(ring: RingState): void {
    if (!isNewer(ring, this.#membership.ring) || this.#membership.isPrepared(ring)) return;
    throw unavailable('It is too late for this change of the ring.');
  }

  /** Has these nodes do one step. Returns how many keys each of those has moved that have done it. */
  #tell(
    nodes: readonly string[],
    step: string,
    ring: RingState,
    enough: (answers: number) => boolean,
  ): Promise<Map<string, number>> {
    const message = { type: 'ring', data: { step, ring } };
    const tell = async (node: string): Promise<number> => {
      const { moved } = await this.#network.send(node, message, this.#timeoutMs);
      return moved;
    };
    return gather(nodes, tell, enough);
  }
}
