from collections.abc import Callable, Sequence

from chat.connection import Broadcast, Connection


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
    for member in members:
        if member.buffered_bytes() > max_buffer_bytes:
            give_up(member)
        else:
            member.send_live(broadcast)
