from collections.abc import Sequence
from dataclasses import dataclass

from store.replicated.entry import ReplicationLogEntry
from store.replicated.replication_log import ReplicationLog


@dataclass(slots=True)
class LogPart:
    """A part of a leader's log."""

    term: int
    """The leader's."""
    prev_index: int
    """Index and term of the entry right before `entries`."""
    prev_term: int
    entries: Sequence[ReplicationLogEntry]


async def take_over(log: ReplicationLog, current_term: int, part: LogPart) -> bool:
    """Takes a part of the leader's log over, unless the leader was replaced, or the part does not fit: something is
    missing before it, or stands here otherwise.

    Args:
        log: Of this node.
        current_term: Of this node.

    Returns:
        Whether the entries are in the log now, on disk.
    """
    if part.term < current_term:
        return False
    if log.term_at(part.prev_index) != part.prev_term:
        return False
    log.merge(part.entries)
    await log.sync()
    return True
