import { NoAnswer } from '../shared/rpc-client.ts';
import type { ChatMessage } from './message.ts';
import { OrderingBuffer } from './ordering-buffer.ts';
import { RoomLog } from './room-log.ts';
import type { Servers } from './servers.ts';

/** A room at a server that does not number its messages, but gets them from the one that does. */
export class RoomCopy {
  readonly log = new RoomLog();
  readonly #roomId: string;
  readonly #sequencer: string;
  readonly #servers: Servers;
  readonly #tell: (message: ChatMessage) => void;
  readonly #buffer = new OrderingBuffer();
  #asking = false;

  /** @param tell told of each message, in order */
  constructor(roomId: string, sequencer: string, servers: Servers, tell: (message: ChatMessage) => void) {
    this.#roomId = roomId;
    this.#sequencer = sequencer;
    this.#servers = servers;
    this.#tell = tell;
  }

  /** Brings the copy up to date, and subscribes to what comes. Throws NoAnswer if the sequencer is silent. */
  async refresh(): Promise<void> {
    for (;;) {
      const { messages, sequenceNumber } = await this.#servers.subscribe(
        this.#sequencer,
        this.#roomId,
        this.#buffer.last,
      );
      this.#take(messages);
      if (messages.length === 0 || this.#buffer.last >= sequenceNumber) return;
    }
  }

  /** Messages have come. If some before them are missing, it asks for these. */
  onDeliver(messages: readonly ChatMessage[]): void {
    this.#take(messages);
    if (this.#buffer.hasGap) void this.#askAgain();
  }

  #take(messages: readonly ChatMessage[]): void {
    for (const due of messages.flatMap((message) => this.#buffer.accept(message))) {
      this.log.append(due);
      this.log.show(due.sequenceNumber);
      this.#tell(due);
    }
  }

  /** If it is in vain: the next renewal of the subscription asks, too. */
  async #askAgain(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      await this.refresh();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    } finally {
      this.#asking = false;
    }
  }
}
