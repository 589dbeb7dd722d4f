/**
 * Takes back tasks whose lease has run out: a failed delivery each, and available again at once.
 *
 * @param now epoch ms
 */
expireLeases(now: number): void {
  for (const entry of expiredEntries(this.#tasks.all(), now)) {
    entry.task.retries += 1;
    entry.task.error = `lease expired ${entry.task.retries} times`;
    if (entry.task.retries > this.#settings.maxRetries) bury(entry);
    else makePending(entry, now);
    this.#tasks.changed(entry);
  }
}
