import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from shared.http_error import HttpError
from shared.json_body import same_json
from workqueue.lease import (
    Entry,
    Grant,
    bury,
    expired_entries,
    grant_lease,
    make_pending,
    now_ms,
    oldest_ready,
    require_lease,
)
from workqueue.task import ABSENT, RetryTiming, Task, TaskStatus, backoff_ms, new_task
from workqueue.task_table import TaskTable


@dataclass(slots=True)
class BrokerSettings(RetryTiming):
    lease_ms: float
    max_retries: int
    """A task may fail this often and still be tried again."""


class Broker:
    """Takes in tasks, gives them out under leases, and answers nothing before it is on disk."""

    def __init__(self, settings: BrokerSettings, tasks: TaskTable, wall_clock: Callable[[], int]) -> None:
        self._settings = settings
        self._tasks = tasks
        self._wall_clock = wall_clock

    async def enqueue(self, id: str, payload: Any) -> tuple[Task, bool]:
        """Takes in a task. The same id with the same payload is the same task: it is not added again.

        Returns:
            The task, only after it is on disk, and whether this call added it.

        Raises:
            HttpError: 409 `id_conflict` if the id is known with another payload.
        """
        # TODO(session 2): look the id up in _tasks; compare the payload of a known one with same_json;
        # if the id is new, make an entry with new_task and add it.
        # When may the answer leave? See TaskTable.sync. What must a copy of the request wait for?
        raise NotImplementedError("not implemented: enqueue")

    async def lease(self, worker: str) -> Grant | None:
        """Gives the oldest ready task to a worker for `lease_ms`. No other worker gets it in that time.

        Returns:
            The task and its lease, only after the lease is on disk; None if no task is ready.
        """
        # TODO(session 2): find the task with oldest_ready and take it with grant_lease; then changed and sync.
        # Where could two workers get the same task? Everything before the first await happens at once.
        raise NotImplementedError("not implemented: lease")

    async def complete(self, id: str, lease_id: str, result: Any = ABSENT) -> Task:
        """The worker has done the task. The same call again changes nothing and is answered in the same way.

        Raises:
            HttpError: 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task.
        """
        # TODO(session 2): find the entry, check its lease with require_lease, change it; then changed, sync.
        # A worker that heard no answer asks again: keep the lease's id in completed_by to know it.
        raise NotImplementedError("not implemented: settle")

    async def fail(self, id: str, lease_id: str, error: str) -> Task:
        """The worker could not do the task. It is tried again after a pause, or given up after `max_retries`.

        Raises:
            HttpError: 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task.
        """
        # TODO(session 2): check its lease, count the failure, and make the task pending after backoff_ms.
        # Once it has failed more than max_retries times, bury it. Then changed and sync, as before.
        raise NotImplementedError("not implemented: settle")

    def expire_leases(self, now: float) -> None:
        """Takes back tasks whose lease has run out: a failed delivery each, and available again at once.

        Args:
            now: Epoch ms.
        """
        # TODO(session 2): for each of expired_entries count a failure and make the task pending at once,
        # or bury it with the error "lease expired n times". Then changed.
        raise NotImplementedError("not implemented: expire-leases")

    async def lease_within(self, worker: str, wait_ms: float, gone: Callable[[], bool]) -> Grant | None:
        """Like `lease`, but waits up to `wait_ms` for a task. Gives nothing to a client that has hung up."""
        until = time.monotonic() * 1000 + wait_ms
        while not gone():
            self.expire_due()
            grant = await self.lease(worker)
            time_left = until - time.monotonic() * 1000
            if grant is not None or time_left <= 0 or self._tasks.closed:
                return grant
            await self._tasks.next_change(time_left)
        return None

    async def extend(self, id: str, lease_id: str) -> Task:
        """Gives the holder of a lease another `lease_ms`. Raises HttpError 404 `not_found`, 409 `lease_lost`."""
        entry = self._tasks.find(id)
        lease = require_lease(entry, lease_id)
        lease.expires_at = now_ms() + self._settings.lease_ms
        await self._tasks.sync()
        return entry.task

    async def revive(self, id: str) -> Task:
        """Takes a task out of the dead letters, with all its retries before it. Raises HttpError 404,
        409 `not_failed`.
        """
        entry = self._tasks.find(id)
        if entry.task.status != TaskStatus.FAILED:
            raise HttpError(409, "not_failed", f"Task {id} is {entry.task.status}, not failed.")
        entry.task.retries = 0
        make_pending(entry, now_ms())
        self._tasks.changed(entry)
        await self._tasks.sync()
        return entry.task

    def expire_due(self) -> None:
        """Calls `expire_leases` if there is anything for it to do: by an alarm, and before every request."""
        now = now_ms()
        if expired_entries(self._tasks.all(), now):
            self.expire_leases(now)
