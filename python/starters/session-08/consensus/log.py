from collections.abc import Sequence

from consensus.messages import LogEntry


def last_index(log: Sequence[LogEntry]) -> int:
    """Index of the last entry; 0 if there is none."""
    return len(log)


def last_term(log: Sequence[LogEntry]) -> int:
    """Term of the last entry; 0 if there is none."""
    return log[-1].term if log else 0


def term_at(log: Sequence[LogEntry], index: int) -> int | None:
    """Term of the entry with this index: 0 for index 0, before the log; None if there is no such entry."""
    if index == 0:
        return 0
    return log[index - 1].term if index <= len(log) else None
