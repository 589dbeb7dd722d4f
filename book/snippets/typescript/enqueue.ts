/**
 * Takes in a task. The same id with the same payload is the same task: it is not added again.
 *
 * @returns the task, only after it is on disk, and whether this call added it
 * @throws HttpError 409 `id_conflict` if the id is known with another payload
 */
async enqueue(id: string, payload: unknown): Promise<{ task: Task; added: boolean }> {
  const known = this.#tasks.get(id);
  if (known !== undefined && !sameJson(known.task.payload, payload)) {
    throw new HttpError(409, 'id_conflict', `Task ${id} exists with other data.`);
  }
  const entry = known ?? { task: newTask(id, payload, this.#wallClock(), nowMs()), leases: 0 };
  if (known === undefined) this.#tasks.add(entry);
  // A copy waits too: the first one may still be on its way to the disk.
  await this.#tasks.sync();
  return { task: entry.task, added: known === undefined };
}
