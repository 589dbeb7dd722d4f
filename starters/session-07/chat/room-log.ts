import type { ChatMessage } from './message.ts';

/** So many messages are shown to somebody who does not say what it has. */
const LATEST = 50;

/** A part of a room's messages. */
export interface Excerpt {
  messages: ChatMessage[];
  /** Of the room's last message: more than that of the last one here, if there are more to come. */
  sequenceNumber: number;
}

/** The messages of a room, in order, from the first one on. */
export class RoomLog {
  readonly #messages: ChatMessage[] = [];
  #shown = 0;

  /** The number of the last message, one that is not shown yet too. 0: there is none. */
  get lastNumber(): number {
    return this.#messages.length;
  }

  /** Adds the message that comes next. It is not shown yet: a crash could take it back. */
  append(message: ChatMessage): void {
    this.#messages.push(message);
  }

  /** From now on everything up to this number is shown. @returns what was not shown before */
  show(upTo: number): ChatMessage[] {
    const before = this.#shown;
    this.#shown = Math.max(before, Math.min(upTo, this.lastNumber));
    return this.#messages.slice(before, this.#shown);
  }

  /**
   * What follows a number, or the latest messages.
   *
   * @param after the number of the last message that the reader has; undefined: it has none and wants only the latest
   * @param limit no more messages than this
   */
  read(after?: number, limit = Number.MAX_SAFE_INTEGER): Excerpt {
    const start = after ?? Math.max(0, this.#shown - LATEST);
    const end = Math.min(this.#shown, start + limit);
    return { messages: this.#messages.slice(start, end), sequenceNumber: this.#shown };
  }
}
