/**
 * The worker has done the task. The same call again changes nothing and is answered in the same way.
 *
 * @throws HttpError 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task
 */
async complete(id: string, leaseId: string, result: unknown): Promise<Task> {
  const entry = this.#tasks.find(id);
  if (entry.completedBy !== leaseId) {
    requireLease(entry, leaseId);
    delete entry.lease;
    delete entry.task.error;
    entry.completedBy = leaseId;
    entry.task.status = 'completed';
    if (result !== undefined) entry.task.result = result;
    this.#tasks.changed(entry);
  }
  await this.#tasks.sync();
  return entry.task;
}

/**
 * The worker could not do the task. It is tried again after a pause, or given up after `maxRetries`.
 *
 * @throws HttpError 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task
 */
async fail(id: string, leaseId: string, error: string): Promise<Task> {
  const entry = this.#tasks.find(id);
  requireLease(entry, leaseId);
  const pause = backoffMs(entry.task.retries, this.#settings);
  entry.task.retries += 1;
  entry.task.error = error;
  if (entry.task.retries > this.#settings.maxRetries) bury(entry);
  else makePending(entry, nowMs() + pause);
  this.#tasks.changed(entry);
  await this.#tasks.sync();
  return entry.task;
}
