import type { ChatMessage } from './message.ts';

/** Puts the messages of a room in order: they may come twice, too early, or after others that should follow them. */
export class OrderingBuffer {
  #last: number;
  readonly #held = new Map<number, ChatMessage>();

  /** @param last the number of the last message that is there already */
  constructor(last = 0) {
    this.#last = last;
  }

  /** The number of the last message that has come out. */
  get last(): number {
    return this.#last;
  }

  /** Whether something waits for a message that has not come. */
  get hasGap(): boolean {
    return this.#held.size > 0;
  }

  /**
   * Takes in a message.
   *
   * @returns what is due now, in order: nothing if it was there already, or if one before it is missing
   */
  accept(message: ChatMessage): ChatMessage[] {
    // TODO(session 7): what you have is dropped, what is too early is held. What comes at the right moment comes out,
    // and with it everything that waited for it.
    throw new Error('not implemented: ordering-buffer');
  }
}
