import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from shared.http_error import HttpError
from shared.rpc_client import NoAnswer

T = TypeVar("T")

# Work that nobody waits for. A task that nobody holds may vanish before it is done.
_background: set[asyncio.Task[None]] = set()


def in_background(work: Coroutine[Any, Any, None]) -> None:
    """Starts work that nobody waits for. If it fails, the event loop says so."""
    _leave_alone(asyncio.create_task(work))


def _leave_alone(task: asyncio.Task[None]) -> None:
    _background.add(task)
    task.add_done_callback(_background.discard)


async def gather(
    nodes: Sequence[str], ask: Callable[[str], Awaitable[T]], enough: Callable[[int], bool]
) -> dict[str, T]:
    """Asks several nodes at once. A node that stays silent or refuses is left out; the others do not wait for it
    longer than they must.

    Args:
        ask: Asks one node; it must end in bounded time.
        enough: Whether this many answers will do.

    Returns:
        The answers by node, in the order in which they came, as soon as they are enough or no more can come.
        Raises if `ask` fails in any other way.
    """
    answers: dict[str, T] = {}

    async def settle(node: str) -> None:
        try:
            answers[node] = await ask(node)
        except (NoAnswer, HttpError):
            pass

    waiting = {asyncio.create_task(settle(node)) for node in nodes}
    while waiting and not enough(len(answers)):
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    for task in waiting:
        _leave_alone(task)
    return dict(answers)


def everyone(_answers: int) -> bool:
    """For `gather`: waits for everyone."""
    return False
