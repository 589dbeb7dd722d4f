from collections.abc import Callable, Sequence

from chat.connection import Broadcast, Connection


# ANCHOR: publish
def publish(
    members: Sequence[Connection],
    broadcast: Broadcast,
    max_buffer_bytes: int,
    give_up: Callable[[Connection], None],
) -> None:
    """Sends something to everybody in a room. It does not wait for anybody: what a member does not read in time gathers
    in this process, so there is a limit.

    Args:
        max_buffer_bytes: A member for whom more than this waits reads too slowly.
        give_up: What to do with such a member.
    """
    # @exercise 6 publish
    for member in members:
        if member.buffered_bytes() > max_buffer_bytes:
            give_up(member)
        else:
            member.send_live(broadcast)
    # ~ # TODO(session 6): send_live to each member. Look at buffered_bytes first: who reads too slowly is given up, and
    # ~ # the others do not notice.
    # ~ raise NotImplementedError("not implemented: publish")
    # @end


# ANCHOR_END: publish
