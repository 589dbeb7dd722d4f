import random
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.http_error import HttpError


class TaskStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


# Not there, which is not the same as None: a result may well be null.
ABSENT = object()


@dataclass(slots=True)
class Task:
    """A piece of work as everyone sees it. Times are epoch ms."""

    id: str
    payload: Any
    status: TaskStatus
    created_at: int
    retries: int
    """Deliveries that failed: the worker said so, or its lease ran out."""
    available_at: float | None = None
    """When it may be given out (again). Only for pending tasks."""
    worker: str | None = None
    """The last worker that got it."""
    result: Any = ABSENT
    error: str | None = None
    """Why the last delivery failed."""


@dataclass(slots=True)
class RetryTiming:
    backoff_base_ms: float
    backoff_max_ms: float


def new_task(id: str, payload: Any, created_at: int, available_at: float) -> Task:
    return Task(id, payload, TaskStatus.PENDING, created_at, retries=0, available_at=available_at)


def backoff_ms(failures: int, timing: RetryTiming) -> float:
    """How long something that failed waits for its next try: a ceiling that doubles with each failure, with equal
    jitter (drawn evenly between half the ceiling and the ceiling).

    Args:
        failures: How often it had failed before: 0, 1, 2, ...

    Returns:
        A pause in ms.
    """
    ceiling: float = min(timing.backoff_base_ms * 2**failures, timing.backoff_max_ms)
    return random.uniform(ceiling / 2, ceiling)


def parse_status(text: str | None) -> TaskStatus | None:
    """Reads a `status=` of a query. Raises HttpError 400 `bad_request`."""
    if text is None:
        return None
    try:
        return TaskStatus(text)
    except ValueError:
        message = f'"status" must be one of {", ".join(TaskStatus)}.'
        raise HttpError(400, "bad_request", message) from None


def parse_limit(text: str | None, fallback: int) -> int:
    """Reads a `limit=` of a query. Raises HttpError 400 `bad_request`."""
    if text is None:
        return fallback
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise HttpError(400, "bad_request", '"limit" must be a whole number of at least 1.')
    return int(text)


def task_to_wire(task: Task) -> dict[str, Any]:
    wire = {
        "id": task.id,
        "payload": task.payload,
        "status": task.status,
        "createdAt": task.created_at,
        "retries": task.retries,
        "availableAt": task.available_at,
        "worker": task.worker,
        "error": task.error,
    }
    known = {name: value for name, value in wire.items() if value is not None or name == "payload"}
    return known if task.result is ABSENT else {**known, "result": task.result}


def task_from_wire(wire: dict[str, Any]) -> Task:
    return Task(
        id=wire["id"],
        payload=wire["payload"],
        status=TaskStatus(wire["status"]),
        created_at=wire["createdAt"],
        retries=wire["retries"],
        available_at=wire.get("availableAt"),
        worker=wire.get("worker"),
        result=wire.get("result", ABSENT),
        error=wire.get("error"),
    )
