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


def entries_from(log: Sequence[LogEntry], index: int, most: int) -> list[LogEntry]:
    """At most `most` entries, from this index on."""
    return list(log[index - 1 : index - 1 + most])


def cut_from(log: list[LogEntry], index: int) -> None:
    """Removes this entry and all after it."""
    del log[index - 1 :]


def conflict_index(log: Sequence[LogEntry], prev_log_index: int) -> int:
    """Where a leader may try next, when this log has no entry `prev_log_index` of the leader's: behind its end, or at
    the first entry of the term that stands there instead. So whole terms are passed over at once. (Raft paper, end of
    section 5.3)
    """
    term = term_at(log, prev_log_index)
    if term is None:
        return last_index(log) + 1
    index = prev_log_index
    while index > 1 and term_at(log, index - 1) == term:
        index -= 1
    return index
