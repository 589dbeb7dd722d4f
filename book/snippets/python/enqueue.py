async def enqueue(self, id: str, payload: Any) -> tuple[Task, bool]:
    """Takes in a task. The same id with the same payload is the same task: it is not added again.

    Returns:
        The task, only after it is on disk, and whether this call added it.

    Raises:
        HttpError: 409 `id_conflict` if the id is known with another payload.
    """
    known = self._tasks.get(id)
    if known is not None and not same_json(known.task.payload, payload):
        raise HttpError(409, "id_conflict", f"Task {id} exists with other data.")
    entry = known or Entry(new_task(id, payload, self._wall_clock(), now_ms()), leases=0)
    if known is None:
        self._tasks.add(entry)
    # A copy waits too: the first one may still be on its way to the disk.
    await self._tasks.sync()
    return entry.task, known is None
