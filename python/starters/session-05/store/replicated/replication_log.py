import json
from collections.abc import Sequence
from dataclasses import asdict

from store.replicated.entry import Change, ReplicationLogEntry
from store.replicated.journal import Journal

# How many entries go into one message at most.
MAX_ENTRIES = 256
# How many bytes of values go into one message, unless a single entry has more.
MAX_BYTES = 1024 * 1024


class ReplicationLog:
    """This node's copy of the replication log: in memory and in the journal. Index 0 is "before the log"."""

    def __init__(self, journal: Journal, entries: list[ReplicationLogEntry]) -> None:
        self._journal = journal
        # The entry with index i is at i - 1.
        self._entries = entries

    @property
    def last_index(self) -> int:
        return len(self._entries)

    @property
    def last_term(self) -> int:
        return self._entries[-1].term if self._entries else 0

    def term_at(self, index: int) -> int | None:
        """The term of the entry at an index: 0 before the log, None behind it."""
        if index == 0:
            return 0
        return self._entries[index - 1].term if index <= self.last_index else None

    def entries_from(self, index: int) -> list[ReplicationLogEntry]:
        """All entries from an index on."""
        return self._entries[max(0, index - 1) :]

    def batch_from(self, index: int) -> list[ReplicationLogEntry]:
        """As many entries from an index on as go into one message."""
        batch: list[ReplicationLogEntry] = []
        size = 0
        for entry in self._entries[max(0, index - 1) : index - 1 + MAX_ENTRIES]:
            size += len(json.dumps(entry.value))
            if batch and size > MAX_BYTES:
                break
            batch.append(entry)
        return batch

    def append(self, term: int, key: str | None, change: Change) -> ReplicationLogEntry:
        """Writes a new entry at the end, as only a leader may. On disk only after `sync`."""
        entry = ReplicationLogEntry(self.last_index + 1, term, key, change.value, change.deleted)
        self._push(entry)
        return entry

    def merge(self, entries: Sequence[ReplicationLogEntry]) -> None:
        """Takes over entries of the leader's log that follow on something this log has too. What is already here
        stays: the message may be an old one that comes late. Only from the first difference on are own entries cut
        off. On disk only after `sync`.
        """
        for position, entry in enumerate(entries):
            if self.term_at(entry.index) != entry.term:
                self._cut_from(entry.index)
                for new in entries[position:]:
                    self._push(new)
                return

    async def sync(self) -> None:
        """Returns when everything written so far is on disk."""
        await self._journal.sync()

    def _push(self, entry: ReplicationLogEntry) -> None:
        self._entries.append(entry)
        self._journal.append({"entry": asdict(entry)})

    def _cut_from(self, index: int) -> None:
        if index > self.last_index:
            return
        del self._entries[index - 1 :]
        self._journal.append({"cutFrom": index})
