/**
 * Takes in a message. The first copy is handled. Every other copy gets the same reply, also one that arrives
 * while the first is still being handled: it waits. If handling fails, that is not remembered, so that a later
 * copy is tried again.
 *
 * @returns the reply; rejects with whatever `#handle` throws
 */
async receive(message: Message): Promise<unknown> {
  const known = this.#replies.get(message.id);
  if (known !== undefined) return known;
  // The promise is stored before anything is awaited. Otherwise two copies could both find nothing here.
  const reply = this.#handle(message);
  this.#replies.set(message.id, reply);
  this.#forgetOldest();
  try {
    return await reply;
  } catch (error) {
    this.#replies.delete(message.id);
    throw error;
  }
}
