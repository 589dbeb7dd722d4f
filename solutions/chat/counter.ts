import { type Config, wallClock } from '../shared/config.ts';
import { type ChatMessage, type Draft, newMessage } from './message.ts';

/** Numbers the messages of each room from 1 on, as long as this process lives. */
export class Counter {
  readonly #config: Config;
  readonly #last = new Map<string, number>();

  constructor(config: Config) {
    this.#config = config;
  }

  /** The number of the room's last message, 0 before the first one. */
  last(roomId: string): number {
    return this.#last.get(roomId) ?? 0;
  }

  /** Makes the room's next message. */
  number(draft: Draft): ChatMessage {
    const number = this.last(draft.roomId) + 1;
    this.#last.set(draft.roomId, number);
    return newMessage(draft, number, wallClock(this.#config));
  }
}
