from dataclasses import dataclass, replace

from store.partitioned.entry import Entry
from store.partitioned.settings import Mode


@dataclass(slots=True)
class Conflict:
    """A write that was acknowledged, and then given up for another one."""

    key: str
    kept: Entry
    lost: Entry
    reason: str
    """A sentence for a person."""


def merge(a: Entry, b: Entry) -> Entry:
    """Last write wins: of two entries of a key the one with the larger timestamp; of equal timestamps the one whose
    writer has the larger id. All owners choose the same one, in whichever order the entries meet.
    """
    # TODO(session 3): return one of the two. On another node a and b may be the other way round:
    # what if their timestamps are equal?
    raise NotImplementedError("not implemented: merge")


def newer(a: Entry, b: Entry) -> Entry:
    """The entry with the higher version; of equal versions the one whose writer has the larger id."""
    if a.version != b.version:
        return a if a.version > b.version else b
    return a if a.writer > b.writer else b


def resolve(a: Entry, b: Entry, mode: Mode) -> Entry:
    """Which of two entries of a key is to stay. In mode `ap` it is the one that `merge` chooses, and it gets the
    higher version of the two: readers never see a version go back.
    """
    if mode == "cp":
        return newer(a, b)
    return replace(merge(a, b), version=max(a.version, b.version))


def knows(entry: Entry, other: Entry) -> bool:
    """Whether whoever wrote `entry` knew of the `other` write. If not, the two writes were independent of each
    other.
    """
    return entry.seen.get(other.writer, 0) >= other.seen.get(other.writer, 0)


def conflict_between(kept: Entry, other: Entry) -> Conflict | None:
    """Describes the loss if `kept` was written without knowing of `other`; None if it simply came after it."""
    if knows(kept, other):
        return None
    if kept.timestamp == other.timestamp:
        reason = f"Both have the timestamp {kept.timestamp}: the larger writer, {kept.writer}, wins."
    else:
        times = f"{kept.writer} wrote at {kept.timestamp}, {other.writer} at {other.timestamp}"
        reason = f"{times}: the larger timestamp wins."
    return Conflict(kept.key, kept, other, reason)
