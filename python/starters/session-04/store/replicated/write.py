from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from shared.http_error import HttpError
from store.replicated.entry import Change, ReplicationLogEntry

if TYPE_CHECKING:
    from store.replicated.leadership import Leadership


async def write(
    leadership: "Leadership", key: str, change: Change, is_safe: Callable[[int], Awaitable[bool]]
) -> ReplicationLogEntry:
    """Writes a key, at the leader.

    Args:
        is_safe: Returns when enough nodes have the entry with this index on disk: True; or when the leader has waited
            for long enough, or leads no longer: False.

    Returns:
        The entry that was written.

    Raises:
        HttpError: 504 `timeout` if the entry may be lost, or may not: some nodes have it.
    """
    # TODO(session 4): append the change to the leader's log and send it to the followers. Store the entry on the
    # leader's own disk too. Then wait until it is safe: if it is not, who knows? Raise _may_be_lost.
    raise NotImplementedError("not implemented: write")


def majority_index(stored: Sequence[int]) -> int:
    """The highest index up to which a majority of all nodes have the log on disk. Whatever majority elects the next
    leader, one of these nodes is in it.

    Args:
        stored: For each node, the leader too: up to which index it is known to have the leader's log on disk.
    """
    # TODO(session 4): of three nodes two are enough. Of [7, 9, 4], up to which index do two have everything?
    raise NotImplementedError("not implemented: write")


def _may_be_lost(key: str) -> HttpError:
    message = (
        f'"{key}" is in the leader\'s log, but not enough nodes have confirmed it. It may be lost, or not.'
    )
    return HttpError(504, "timeout", message)
