from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.storage import Storage
from store.partitioned.entry import Entry
from store.partitioned.merge import Conflict
from store.partitioned.ring import RingState

FILE = "store.log"

# One line of the journal: something that is so from now on. Exactly one of "entry", "dropped", "conflict" and "ring".
JournalRecord = dict[str, Any]


@dataclass(slots=True)
class Remembered:
    """What all lines together say."""

    entries: dict[str, Entry]
    conflicts: list[Conflict]
    ring: RingState | None
    """None if the ring was never changed."""


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
    """Rebuilds a node's memory from the lines of its journal. The last line about a key counts."""
    remembered = Remembered(entries={}, conflicts=[], ring=None)
    for record in records:
        match record:
            case {"entry": entry}:
                remembered.entries[entry["key"]] = Entry(**entry)
            case {"dropped": key}:
                remembered.entries.pop(key, None)
            case {"conflict": {"key": key, "kept": kept, "lost": lost, "reason": reason}}:
                remembered.conflicts.append(Conflict(key, Entry(**kept), Entry(**lost), reason))
            case {"ring": ring}:
                remembered.ring = RingState(**ring)
    return remembered
