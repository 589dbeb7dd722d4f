def expire_leases(self, now: float) -> None:
    """Takes back tasks whose lease has run out: a failed delivery each, and available again at once.

    Args:
        now: Epoch ms.
    """
    for entry in expired_entries(self._tasks.all(), now):
        entry.task.retries += 1
        entry.task.error = f"lease expired {entry.task.retries} times"
        if entry.task.retries > self._settings.max_retries:
            bury(entry)
        else:
            make_pending(entry, now)
        self._tasks.changed(entry)
