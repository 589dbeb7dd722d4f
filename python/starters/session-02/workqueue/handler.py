import asyncio
from typing import Any

from workqueue.task import Task


async def handle_task(task: Task) -> Any:
    """Does a task's work. The queue delivers at least once, so the same task may come again, here or at another
    worker: doing it twice must be harmless.

    `{"op":"sleep","ms":500}` takes its time, `{"op":"fail","times":2}` fails the first two deliveries,
    anything else is returned as it is.

    Returns:
        The result. Raises if the work failed.
    """
    match task.payload:
        case {"op": "sleep", "ms": int() | float() as ms}:
            await asyncio.sleep(max(ms, 0) / 1000)
        case {"op": "fail", "times": int() | float() as times} if task.retries < times:
            raise RuntimeError(f"failed on purpose (delivery {task.retries + 1}, fails {times})")
    return task.payload
