import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.http_error import HttpError
from workqueue.task import Task, TaskStatus, task_to_wire


@dataclass(slots=True)
class Lease:
    """The right to work on a task until a certain time."""

    id: str
    """`<taskId>:<n>`. n grows with each lease of the task, so a higher one is newer: a fencing token."""
    worker: str
    expires_at: float
    """Epoch ms by the broker's own timer."""


@dataclass(slots=True)
class Entry:
    """A task and what the broker alone knows about it."""

    task: Task
    leases: int
    """How many leases of the task there have been."""
    lease: Lease | None = None
    """Set while the task is `processing`."""
    completed_by: str | None = None
    """The lease under which it was completed."""


@dataclass(slots=True)
class Grant:
    """What a worker is given."""

    task: Task
    lease_id: str
    expires_at: float


def now_ms() -> int:
    """Epoch ms by this machine's clock: for timers, never skewed."""
    return time.time_ns() // 1_000_000


def grant_lease(entry: Entry, worker: str, now: float, lease_ms: float) -> Lease:
    """Gives out the entry's task: it is `processing` from now on.

    Args:
        now: Epoch ms.
    """
    entry.leases += 1
    entry.lease = Lease(f"{entry.task.id}:{entry.leases}", worker, now + lease_ms)
    entry.task.status = TaskStatus.PROCESSING
    entry.task.worker = worker
    entry.task.available_at = None
    return entry.lease


def make_pending(entry: Entry, available_at: float) -> None:
    """Ends the entry's lease, if it has one, and makes the task available at a time (epoch ms)."""
    entry.lease = None
    entry.task.status = TaskStatus.PENDING
    entry.task.available_at = available_at


def bury(entry: Entry) -> None:
    """Ends the entry's lease, if it has one, and gives the task up: it is a dead letter."""
    entry.lease = None
    entry.task.available_at = None
    entry.task.status = TaskStatus.FAILED


def require_lease(entry: Entry, lease_id: str) -> Lease:
    """The entry's lease, if it is this one. Raises HttpError 409 `lease_lost` if another holds the task, or none."""
    if entry.lease is None or entry.lease.id != lease_id:
        message = f"The lease {lease_id} does not hold task {entry.task.id} any more."
        raise HttpError(409, "lease_lost", message)
    return entry.lease


def oldest_ready(entries: Iterable[Entry], now: float) -> Entry | None:
    """The pending entry that has been available for the longest time; of equals the one that arrived first."""
    oldest: Entry | None = None
    since = float("inf")
    for entry in entries:
        available_at = entry.task.available_at or 0
        if entry.task.status == TaskStatus.PENDING and available_at <= now and available_at < since:
            oldest = entry
            since = available_at
    return oldest


def expired_entries(entries: Iterable[Entry], now: float) -> list[Entry]:
    """Entries whose lease has run out."""
    return [entry for entry in entries if entry.lease is not None and entry.lease.expires_at <= now]


def next_due(entries: Iterable[Entry], now: float) -> float | None:
    """The next moment after `now` at which a lease runs out or a pause ends; None if there is none."""
    soonest: float | None = None
    for entry in entries:
        due = entry.lease.expires_at if entry.lease is not None else entry.task.available_at
        if due is not None and (entry.lease is not None or due > now):
            soonest = due if soonest is None else min(soonest, due)
    return soonest


def grant_to_wire(grant: Grant) -> dict[str, Any]:
    return {"task": task_to_wire(grant.task), "leaseId": grant.lease_id, "expiresAt": grant.expires_at}
