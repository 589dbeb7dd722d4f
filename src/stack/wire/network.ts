import type { Socket } from 'node:net';
import { FaultTable } from './faults.ts';
import { Pauses } from './pauses.ts';
import { PuppetCalls } from './puppet-calls.ts';
import { MessageRecord } from './record.ts';

/** What all links share. */
export class Network {
  readonly faults: FaultTable;
  readonly record = new MessageRecord();
  readonly pauses = new Pauses();
  readonly puppets = new PuppetCalls();
  readonly #silent = new Set<Socket>();

  constructor(seed: number) {
    this.faults = new FaultTable(seed);
  }

  /** Leaves a caller without an answer: until it gives up, or until the network is healed. */
  fallSilent(socket: Socket): void {
    if (socket.destroyed) return;
    this.#silent.add(socket);
    socket.once('close', () => this.#silent.delete(socket));
  }

  /** No faults any more. Lost messages stay lost: their connections break, so that the callers notice. */
  heal(): void {
    this.faults.clear();
    for (const socket of this.#silent) socket.destroy();
    this.pauses.releaseAll();
    this.puppets.dropAll();
  }
}
