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
        was_there = self._has_user(connection.user_id, room_id)
        self._members.setdefault(room_id, set()).add(connection)
        connection.room_ids.add(room_id)
        return not was_there

    def leave(self, connection: Connection, room_id: str) -> bool:
        """Takes a connection out of a room.

        Returns:
            Whether its user has gone with it: no other connection of the user is left in the room.
        """
        members = self._members.get(room_id, set())
        was_there = connection in members
        members.discard(connection)
        connection.room_ids.discard(room_id)
        if not members:
            self._members.pop(room_id, None)
        return was_there and not self._has_user(connection.user_id, room_id)

    def _has_user(self, user_id: str, room_id: str) -> bool:
        return any(member.user_id == user_id for member in self._members.get(room_id, ()))
