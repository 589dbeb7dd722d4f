async def lease(self, worker: str) -> Grant | None:
    """Gives the oldest ready task to a worker for `lease_ms`. No other worker gets it in that time.

    Returns:
        The task and its lease, only after the lease is on disk; None if no task is ready.
    """
    now = now_ms()
    entry = oldest_ready(self._tasks.all(), now)
    if entry is None:
        return None
    # The task is taken before anything is awaited. Otherwise two workers could both find it ready.
    lease = grant_lease(entry, worker, now, self._settings.lease_ms)
    self._tasks.changed(entry)
    grant = Grant(replace(entry.task), lease.id, lease.expires_at)
    await self._tasks.sync()
    return grant
