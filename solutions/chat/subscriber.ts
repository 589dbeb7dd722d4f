import { NoAnswer } from '../shared/rpc-client.ts';
import type { RoomLog } from './room-log.ts';
import type { Servers } from './servers.ts';

/** No more messages than this go to another server at once. */
export const BATCH = 100;

/** Another server that wants a room's messages. */
export class Subscriber {
  readonly #server: string;
  readonly #log: RoomLog;
  readonly #servers: Servers;
  /** The number of the last message it has. */
  #has: number;
  #sending = false;
  #ended = false;

  constructor(server: string, log: RoomLog, has: number, servers: Servers) {
    this.#server = server;
    this.#log = log;
    this.#servers = servers;
    this.#has = has;
  }

  /** Whether it gets nothing more, because it was silent or has nobody in the room. It will ask again. */
  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
  }

  /** Sends what it does not have, unless that is being done. */
  push(): void {
    if (!this.#sending) void this.#send();
  }

  // ANCHOR: deliver
  async #send(): Promise<void> {
    this.#sending = true;
    try {
      while (!this.#ended) {
        const { messages } = this.#log.read(this.#has, BATCH);
        if (messages.length === 0) return;
        await this.#servers.deliver(this.#server, messages);
        this.#has += messages.length;
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.end();
    } finally {
      this.#sending = false;
    }
  }
  // ANCHOR_END: deliver
}
