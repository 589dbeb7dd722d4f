from collections.abc import Sequence
from dataclasses import asdict

from shared.trace import Trace
from store.partitioned.entry import Entry, stamp_of
from store.partitioned.journal import Journal, Remembered
from store.partitioned.merge import Conflict, conflict_between, resolve
from store.partitioned.settings import Mode

# `GET /_conflicts` shows this many at most: the latest.
MAX_CONFLICTS = 1000


class Replica:
    """The entries that this node holds: in memory and in the journal."""

    def __init__(self, journal: Journal, remembered: Remembered, mode: Mode, trace: Trace) -> None:
        self._journal = journal
        self._mode = mode
        self._trace = trace
        self._entries = remembered.entries
        self._conflicts = remembered.conflicts
        self._changes = 0

    @property
    def changes(self) -> int:
        """Grows whenever an entry has changed."""
        return self._changes

    @property
    def conflicts(self) -> Sequence[Conflict]:
        """Oldest first."""
        return self._conflicts

    def get(self, key: str) -> Entry | None:
        return self._entries.get(key)

    def all(self) -> list[Entry]:
        return list(self._entries.values())

    def store(self, entry: Entry) -> None:
        """Takes an entry in. It is kept unless this node has a better one. Safe on disk only after `sync`."""
        mine = self._entries.get(entry.key)
        kept = entry if mine is None else resolve(mine, entry, self._mode)
        if mine is not None and self._mode == "ap":
            self._note_loss(mine, entry, kept)
        if mine is not None and stamp_of(kept) == stamp_of(mine):
            return
        self._entries[entry.key] = kept
        self._journal.append({"entry": asdict(kept)})
        self._changes += 1

    def drop(self, key: str) -> None:
        """Lets go of an entry that belongs to other nodes."""
        self._entries.pop(key, None)
        self._journal.append({"dropped": key})
        self._changes += 1

    async def sync(self) -> None:
        """Returns when everything taken in so far is on disk."""
        await self._journal.sync()

    def _note_loss(self, mine: Entry, theirs: Entry, kept: Entry) -> None:
        """Whichever of the two was not kept is lost, if the other was written without knowing of it."""
        conflict = conflict_between(kept, mine) or conflict_between(kept, theirs)
        if conflict is None or self._is_noted(conflict):
            return
        self._conflicts.append(conflict)
        if len(self._conflicts) > MAX_CONFLICTS:
            self._conflicts.pop(0)
        self._journal.append({"conflict": asdict(conflict)})
        writers = {"kept": f"by {kept.writer}", "lost": f"by {conflict.lost.writer}"}
        self._trace.event("state", {"key": conflict.key, **writers})

    def _is_noted(self, conflict: Conflict) -> bool:
        """The same loss may be met again: several owners bring the same entry."""
        lost = conflict.lost
        return any(
            known.key == conflict.key
            and known.lost.writer == lost.writer
            and known.lost.seen[lost.writer] == lost.seen[lost.writer]
            for known in self._conflicts
        )
