import asyncio
from dataclasses import dataclass

from consensus.messages import LogEntry

from consensus.state_machine import Outcome

from shared.http_error import HttpError


@dataclass(slots=True)
class Committed:
    """What a client's command has become."""

    index: int
    term: int
    outcome: Outcome


@dataclass(slots=True)
class _Waiter:
    term: int
    timer: asyncio.TimerHandle
    future: asyncio.Future[Committed]


class WaitingClients:
    """Clients whose commands are in this leader's log, until they are committed."""

    def __init__(self, timeout_ms: float) -> None:
        self._timeout_ms = timeout_ms
        # By the index of their entry.
        self._waiters: dict[int, _Waiter] = {}

    def wait_for(self, entry: LogEntry) -> asyncio.Future[Committed]:
        """Waits until the entry is committed. Raises HttpError 504 `timeout` if it may be lost, or may not."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Committed] = loop.create_future()
        timer = loop.call_later(self._timeout_ms / 1000, lambda: self.failed(entry.index, _may_be_lost()))
        self._waiters[entry.index] = _Waiter(entry.term, timer, future)
        return future

    def committed(self, result: Committed) -> None:
        """An entry was committed: the one that a client waits for, or that of another leader in its place."""
        waiter = self._take(result.index)
        if waiter is None:
            return
        if waiter.term == result.term:
            waiter.future.set_result(result)
        else:
            waiter.future.set_exception(_may_be_lost())

    def failed(self, index: int, error: Exception) -> None:
        waiter = self._take(index)
        if waiter is not None:
            waiter.future.set_exception(error)

    def abandon(self) -> None:
        """This node leads no longer: what its clients wait for is in the hands of others."""
        for index in list(self._waiters):
            self.failed(index, _may_be_lost())

    def _take(self, index: int) -> _Waiter | None:
        waiter = self._waiters.pop(index, None)
        if waiter is None:
            return None
        waiter.timer.cancel()
        # A client that has hung up waits for nothing any more.
        return None if waiter.future.done() else waiter


def _may_be_lost() -> HttpError:
    message = "The command is in the log, but not committed yet. It may be lost, or not."
    return HttpError(504, "timeout", message)
