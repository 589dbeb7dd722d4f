import type { Message } from './messages.ts';

/** Does what a message asks for and returns the reply. Throws if the message cannot be handled. */
export type Handle = (message: Message) => Promise<unknown>;

/** A memory is finite: of more messages than this the oldest are forgotten, and a late copy is handled again. */
const REMEMBERED_MESSAGES = 10_000;

/** Handles every message once, however many copies of it arrive. */
export class Inbox {
  readonly #handle: Handle;
  /** Message id to the reply, or to the promise of it while the message is being handled. Oldest first. */
  readonly #replies = new Map<string, Promise<unknown>>();

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /**
   * Takes in a message. The first copy is handled. Every other copy gets the same reply, also one that arrives
   * while the first is still being handled: it waits. If handling fails, that is not remembered, so that a later
   * copy is tried again.
   *
   * @returns the reply; rejects with whatever `#handle` throws
   */
  async receive(message: Message): Promise<unknown> {
    // TODO(session 1): look the id up in #replies before calling #handle, and remember the reply.
    // What do two copies find there that arrive at the same moment? Call #forgetOldest after adding one.
    throw new Error('not implemented: receive');
  }

  #forgetOldest(): void {
    for (const id of this.#replies.keys()) {
      if (this.#replies.size <= REMEMBERED_MESSAGES) return;
      this.#replies.delete(id);
    }
  }
}
