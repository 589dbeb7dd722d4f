from store.replicated.leadership import Leadership
from store.replicated.levels import Ack


async def is_acknowledged(leadership: Leadership, index: int, ack: Ack) -> bool:
    """Waits until a write may be acknowledged. It is on the leader's own disk already.

    Args:
        index: Of the entry that was written.
        ack: What the client asked for: `one`, `majority` or `all` nodes.

    Returns:
        False if it did not come to that in time, or the leader was replaced.
    """
    # TODO(session 5): who has to have it for one, for majority, for all? Ask leadership.
    raise NotImplementedError("not implemented: acknowledge")
