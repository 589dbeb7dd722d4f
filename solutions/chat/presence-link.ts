import { NoAnswer } from '../shared/rpc-client.ts';
import type { Presence } from './message.ts';
import type { Servers } from './servers.ts';

/** Tells another server who is here. */
export class PresenceLink {
  readonly #to: string;
  readonly #servers: Servers;
  readonly #here: () => Presence[];
  /** Later than any version of an earlier life of this server. */
  #version = Date.now();
  #sending = false;
  #changed = false;

  /** @param here who is in which room at this server */
  constructor(to: string, servers: Servers, here: () => Presence[]) {
    this.#to = to;
    this.#servers = servers;
    this.#here = here;
  }

  /** Tells it now, or as soon as the last word has been answered. A word that gets lost is followed by another one. */
  push(): void {
    this.#changed = true;
    if (!this.#sending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#changed) {
        this.#changed = false;
        this.#version++;
        await this.#servers.tellPresence(this.#to, this.#version, this.#here());
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    } finally {
      this.#sending = false;
    }
  }
}
