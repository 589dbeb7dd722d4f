from dataclasses import dataclass
from typing import Any

from store.replicated.entry import ReplicationLogEntry
from store.replicated.journal import Journal
from store.replicated.replication_log import ReplicationLog
from store.replicated.watermark import Watermark


@dataclass(slots=True)
class Held:
    """What a key holds."""

    value: Any
    """None if it was deleted, or never written."""
    exists: bool
    """Whether there is anything to read."""
    version: int
    """Index of the log entry that wrote it; 0 if it was never written."""


class KeyValues:
    """The keys and values that come of applying the log's committed entries, in order."""

    def __init__(self, log: ReplicationLog, journal: Journal) -> None:
        self._log = log
        self._journal = journal
        self._held: dict[str, Held] = {}
        # How far the log has been applied.
        self.applied = Watermark()

    def get(self, key: str) -> Held:
        return self._held.get(key) or Held(value=None, exists=False, version=0)

    @property
    def commit_index(self) -> int:
        """How far the log is known to be committed. Whatever is committed is applied at once."""
        return self.applied.value

    def commit(self, index: int) -> None:
        """Applies every entry up to this index that was not applied before. They are committed: they will never
        change.
        """
        if index <= self.commit_index:
            return
        for entry in self._log.entries_from(self.commit_index + 1):
            if entry.index > index:
                break
            self._apply(entry)
        self._journal.append({"commitIndex": index})
        self.applied.raise_to(index)

    def _apply(self, entry: ReplicationLogEntry) -> None:
        if entry.key is not None:
            self._held[entry.key] = Held(entry.value, exists=not entry.deleted, version=entry.index)
