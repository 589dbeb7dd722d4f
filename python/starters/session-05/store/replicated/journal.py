from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.storage import Storage
from store.replicated.entry import ReplicationLogEntry

FILE = "replication.log"

# One line of the journal: something that is so from now on. It has "entry"; or "cutFrom": all entries from this index
# on are gone; or "term" and "votedFor"; or "commitIndex".
JournalRecord = dict[str, Any]


@dataclass(slots=True)
class Remembered:
    """What all lines together say."""

    entries: list[ReplicationLogEntry]
    term: int
    voted_for: str | None
    commit_index: int
    """May be less than it was: it is never waited for."""


class Journal:
    """A node's memory on disk."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @staticmethod
    def open(data_dir: str) -> tuple["Journal", Remembered]:
        """Opens the journal and replays it."""
        storage, records = Storage.open(data_dir, FILE)
        return Journal(storage), replay(records)

    def append(self, record: JournalRecord) -> None:
        """Notes a change. It is safe only after `sync`."""
        self._storage.append(record)

    async def sync(self) -> None:
        """Returns when everything noted so far is on disk."""
        await self._storage.sync()

    async def close(self) -> None:
        await self._storage.close()


def replay(records: Iterable[JournalRecord]) -> Remembered:
    """Rebuilds a node's memory from the lines of its journal."""
    remembered = Remembered(entries=[], term=0, voted_for=None, commit_index=0)
    for record in records:
        match record:
            case {"entry": entry}:
                remembered.entries.append(ReplicationLogEntry(**entry))
            case {"cutFrom": index}:
                del remembered.entries[index - 1 :]
            case {"commitIndex": index}:
                remembered.commit_index = index
            case {"term": term, "votedFor": voted_for}:
                remembered.term = term
                remembered.voted_for = voted_for
    return remembered
