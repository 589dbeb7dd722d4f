from collections.abc import Callable

from chat.connection import Connection
from chat.rooms import Rooms


# ANCHOR: on-close
def on_close(connection: Connection, rooms: Rooms, announce: Callable[[str, str], None]) -> None:
    """A connection is over, however it ended: it leaves all of its rooms, and those who stay hear who is gone. A user
    who is in a room with another connection, too, is not gone.

    Args:
        announce: Tells everybody in a room whether a user is there or not: user_id, room_id.
    """
    # @exercise 6 on-close
    for room_id in list(connection.room_ids):
        if rooms.leave(connection, room_id):
            announce(connection.user_id, room_id)
    # ~ # TODO(session 6): leave each room of connection.room_ids, and announce the user where it is gone. Mind that
    # ~ # leaving changes connection.room_ids while you walk through it.
    # ~ raise NotImplementedError("not implemented: on-close")
    # @end


# ANCHOR_END: on-close
