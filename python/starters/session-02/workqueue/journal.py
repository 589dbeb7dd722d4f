from typing import Any

from shared.storage import Storage
from workqueue.lease import Entry, make_pending, now_ms
from workqueue.task import TaskStatus, task_from_wire, task_to_wire

FILE = "broker.log"


class Journal:
    """The broker's memory on disk."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @staticmethod
    def open(data_dir: str) -> tuple["Journal", dict[str, Entry]]:
        """Opens the journal and rebuilds the tasks from it, in order of arrival."""
        storage, records = Storage.open(data_dir, FILE)
        return Journal(storage), replay(records, now_ms())

    def append(self, entry: Entry) -> None:
        """Notes the entry as it is now. It is safe only after `sync`."""
        record = {"task": task_to_wire(entry.task), "leases": entry.leases}
        if entry.completed_by is not None:
            record["completedBy"] = entry.completed_by
        self._storage.append(record)

    async def sync(self) -> None:
        """Returns when everything noted so far is on disk."""
        await self._storage.sync()

    async def close(self) -> None:
        await self._storage.close()


def replay(records: list[dict[str, Any]], now: float) -> dict[str, Entry]:
    """Rebuilds the tasks from the journal's records: one a line, a task as it was after a change. The last one
    of a task counts.

    Leases that were running are void: nobody was counting their time. Such a task is available again at once,
    and this is not a failed delivery.

    Args:
        now: Epoch ms.
    """
    entries: dict[str, Entry] = {}
    for record in records:
        task = task_from_wire(record["task"])
        entries[task.id] = Entry(task, record["leases"], completed_by=record.get("completedBy"))
    for entry in entries.values():
        if entry.task.status == TaskStatus.PROCESSING:
            make_pending(entry, now)
    return entries
