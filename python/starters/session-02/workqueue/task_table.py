import asyncio
import contextlib
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace

from shared.http_error import HttpError
from workqueue.journal import Journal
from workqueue.lease import Entry, next_due, now_ms
from workqueue.task import Task, TaskStatus


class TaskTable:
    """The broker's tasks: in memory, in the journal, and watched by those who wait for a change."""

    def __init__(self, journal: Journal, entries: dict[str, Entry], on_due: Callable[[], None]) -> None:
        """`on_due` is called when a lease has run out."""
        self._journal = journal
        # By task id, in order of arrival.
        self._entries = entries
        self._on_due = on_due
        self._waiting: set[asyncio.Future[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._closed = False
        self._set_alarm()

    @property
    def closed(self) -> bool:
        return self._closed

    def get(self, id: str) -> Entry | None:
        return self._entries.get(id)

    def find(self, id: str) -> Entry:
        """The entry of a task that must exist. Raises HttpError 404 `not_found`."""
        entry = self._entries.get(id)
        if entry is None:
            raise HttpError(404, "not_found", f"There is no task {id}.")
        return entry

    def all(self) -> Iterable[Entry]:
        """All entries, in order of arrival."""
        return self._entries.values()

    def add(self, entry: Entry) -> None:
        self._entries[entry.task.id] = entry
        self.changed(entry)

    def changed(self, entry: Entry) -> None:
        """To be called after every change of an entry: notes it in the journal and tells those who wait."""
        self._journal.append(entry)
        self._reschedule()

    async def sync(self) -> None:
        """Returns when every change so far is on disk."""
        await self._journal.sync()

    async def next_change(self, within_ms: float) -> None:
        """Returns when something has changed that a waiting worker should look at, or after `within_ms`."""
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(wake)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake, within_ms / 1000)
        self._waiting.discard(wake)

    def list(self, status: TaskStatus | None, limit: int) -> list[Task]:
        tasks = [replace(entry.task) for entry in self._entries.values()]
        return [task for task in tasks if status is None or task.status == status][:limit]

    def stats(self) -> dict[str, int]:
        counts = {str(status): 0 for status in TaskStatus}
        for entry in self._entries.values():
            counts[entry.task.status] += 1
        return counts

    def let_go(self) -> None:
        """Lets everyone go who waits, and rings no more."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._wake_all()

    async def close(self) -> None:
        """To be called when nobody changes anything any more."""
        await self._journal.close()

    def _reschedule(self) -> None:
        self._set_alarm()
        self._wake_all()

    def _wake_all(self) -> None:
        for wake in self._waiting:
            if not wake.done():
                wake.set_result(None)

    def _set_alarm(self) -> None:
        """Sets one timer for the next moment at which time alone changes something."""
        if self._alarm is not None:
            self._alarm.cancel()
        due = next_due(self._entries.values(), now_ms())
        if due is None or self._closed:
            return
        delay_ms = max(due - now_ms(), 1)
        self._alarm = asyncio.get_running_loop().call_later(delay_ms / 1000, self._ring)

    def _ring(self) -> None:
        try:
            self._on_due()
            self._reschedule()
        except Exception:
            # Nobody is there to be answered. The next change sets the alarm again.
            traceback.print_exc()
