from chat.connection import Connection


class Rooms:
    """Which of this server's connections are in which room."""

    def __init__(self) -> None:
        self._members: dict[str, set[Connection]] = {}

    @property
    def room_ids(self) -> list[str]:
        """The rooms with somebody in them."""
        return list(self._members)

    def members_of(self, room_id: str) -> list[Connection]:
        """The connections in a room."""
        return list(self._members.get(room_id, ()))

    def join(self, connection: Connection, room_id: str) -> bool:
        """Puts a connection into a room; once more changes nothing.

        Returns:
            Whether its user has come into the room with it: no other connection of the user was there.
        """
        # TODO(session 6): put the connection into _members, and the room into connection.room_ids. A room begins
        # with its first member. Has the user come, or only a second connection of somebody who is there?
        raise NotImplementedError("not implemented: join-leave")

    def leave(self, connection: Connection, room_id: str) -> bool:
        """Takes a connection out of a room.

        Returns:
            Whether its user has gone with it: no other connection of the user is left in the room.
        """
        # TODO(session 6): the other way round. A room that nobody is in any more must not be kept.
        raise NotImplementedError("not implemented: join-leave")

    def _has_user(self, user_id: str, room_id: str) -> bool:
        return any(member.user_id == user_id for member in self._members.get(room_id, ()))
