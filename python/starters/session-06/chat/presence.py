from collections.abc import Callable

from chat.connection import Connection

from chat.message import Presence

from chat.rooms import Rooms

from shared.config import Config, wall_clock


class PresenceBoard:
    """Who is in which room. It is an opinion, and always a little late: nobody can see the other end of a line."""

    def __init__(
        self,
        config: Config,
        rooms: Rooms,
        tell: Callable[[Presence], None],
    ) -> None:
        """
        Args:
            tell: Tells everybody in the room.
        """
        self._config = config
        self._rooms = rooms
        self._tell = tell

    def everybody_in(self, room_id: str) -> list[Presence]:
        """Everybody in a room, each user once, in order of their ids."""
        users: dict[str, Presence] = {}
        told = self._here_in(room_id)
        for presence in told:
            known = users.get(presence.user_id)
            if known is None or presence.last_seen > known.last_seen:
                users[presence.user_id] = presence
        return [users[user_id] for user_id in sorted(users)]

    def announce(self, user_id: str, room_id: str, silent_ms: float = 0) -> None:
        """A user has come into a room at this server, or has gone: tells everybody who is there.

        Args:
            silent_ms: How long nothing was heard of it.
        """
        self._tell_status(user_id, room_id, wall_clock(self._config) - round(silent_ms))

    def _tell_status(self, user_id: str, room_id: str, last_seen: int) -> None:
        present = next((each for each in self.everybody_in(room_id) if each.user_id == user_id), None)
        self._tell(present or Presence(user_id, room_id, "offline", last_seen))

    def _here_in(self, room_id: str) -> list[Presence]:
        return [self._presence_of(member, room_id) for member in self._rooms.members_of(room_id)]

    def _presence_of(self, member: Connection, room_id: str) -> Presence:
        last_seen = wall_clock(self._config) - round(member.silent_ms())
        return Presence(member.user_id, room_id, "online", last_seen)
