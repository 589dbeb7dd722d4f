async def complete(self, id: str, lease_id: str, result: Any = ABSENT) -> Task:
    """The worker has done the task. The same call again changes nothing and is answered in the same way.

    Raises:
        HttpError: 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task.
    """
    entry = self._tasks.find(id)
    if entry.completed_by != lease_id:
        require_lease(entry, lease_id)
        entry.lease = None
        entry.task.error = None
        entry.completed_by = lease_id
        entry.task.status = TaskStatus.COMPLETED
        entry.task.result = result
        self._tasks.changed(entry)
    await self._tasks.sync()
    return entry.task

async def fail(self, id: str, lease_id: str, error: str) -> Task:
    """The worker could not do the task. It is tried again after a pause, or given up after `max_retries`.

    Raises:
        HttpError: 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task.
    """
    entry = self._tasks.find(id)
    require_lease(entry, lease_id)
    pause = backoff_ms(entry.task.retries, self._settings)
    entry.task.retries += 1
    entry.task.error = error
    if entry.task.retries > self._settings.max_retries:
        bury(entry)
    else:
        make_pending(entry, now_ms() + pause)
    self._tasks.changed(entry)
    await self._tasks.sync()
    return entry.task
