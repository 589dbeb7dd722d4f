from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from consensus.log import last_index
from consensus.messages import LogEntry
from consensus.state import DurableState
from shared.storage import Storage

FILE = "raft.log"

# One line on disk: something that is so from now on. It has "entry"; or "cutFrom": all entries from this index on are
# gone; or "currentTerm" and "votedFor".
_Record = dict[str, Any]


class RaftStorage:
    """Term, vote and log of a node on disk."""

    def __init__(self, storage: Storage, written: DurableState) -> None:
        self._storage = storage
        # What is on disk, or on its way there.
        self._written = written

    @staticmethod
    def open(data_dir: str) -> tuple["RaftStorage", DurableState]:
        """Opens what a node has saved, and reads it."""
        storage, records = Storage.open(data_dir, FILE)
        durable = replay(records)
        written = DurableState(durable.current_term, durable.voted_for, list(durable.log))
        return RaftStorage(storage, written), durable

    def save(self, state: DurableState) -> None:
        """Notes what has changed since the last time. It is safe only after `sync`."""
        written = self._written
        if (state.current_term, state.voted_for) != (written.current_term, written.voted_for):
            self._storage.append({"currentTerm": state.current_term, "votedFor": state.voted_for})
            written.current_term, written.voted_for = state.current_term, state.voted_for
        # Entries never change, they only go and come at the end.
        same = min(last_index(state.log), last_index(written.log))
        while same > 0 and state.log[same - 1] is not written.log[same - 1]:
            same -= 1
        if same < last_index(written.log):
            self._storage.append({"cutFrom": same + 1})
        added = state.log[same:]
        for entry in added:
            self._storage.append({"entry": asdict(entry)})
        written.log[same:] = added

    async def sync(self) -> None:
        """Returns when everything noted so far is on disk."""
        await self._storage.sync()

    async def close(self) -> None:
        await self._storage.close()


def replay(records: Iterable[_Record]) -> DurableState:
    """What all lines together say."""
    durable = DurableState(current_term=0, voted_for=None, log=[])
    for record in records:
        match record:
            case {"entry": entry}:
                durable.log.append(LogEntry(**entry))
            case {"cutFrom": index}:
                del durable.log[index - 1 :]
            case {"currentTerm": current_term, "votedFor": voted_for}:
                durable.current_term = current_term
                durable.voted_for = voted_for
    return durable
