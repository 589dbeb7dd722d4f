/**
 * Gives the oldest ready task to a worker for `leaseMs`. No other worker gets it in that time.
 *
 * @returns the task and its lease, only after the lease is on disk; undefined if no task is ready
 */
async lease(worker: string): Promise<Grant | undefined> {
  const now = nowMs();
  const entry = oldestReady(this.#tasks.all(), now);
  if (entry === undefined) return undefined;
  // The task is taken before anything is awaited. Otherwise two workers could both find it ready.
  const lease = grantLease(entry, worker, now, this.#settings.leaseMs);
  this.#tasks.changed(entry);
  const grant = { task: { ...entry.task }, leaseId: lease.id, expiresAt: lease.expiresAt };
  await this.#tasks.sync();
  return grant;
}
