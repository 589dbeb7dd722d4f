from collections.abc import Callable

from chat.connection import Connection

# @since 7
from chat.elsewhere import Elsewhere

# @end
from chat.message import Presence

# @since 7
from chat.presence_link import PresenceLink

# @end
from chat.rooms import Rooms

# @since 7
from chat.servers import Servers

# @end
from shared.config import Config, wall_clock


class PresenceBoard:
    """Who is in which room. It is an opinion, and always a little late: nobody can see the other end of a line."""

    def __init__(
        self,
        config: Config,
        rooms: Rooms,
        tell: Callable[[Presence], None],
        # @since 7
        servers: Servers,
        # @end
    ) -> None:
        """
        Args:
            tell: Tells everybody in the room.
        """
        self._config = config
        self._rooms = rooms
        self._tell = tell
        # @since 7
        self._elsewhere = Elsewhere()
        self._links = [PresenceLink(name, servers, self._everybody_here) for name in servers.names]
        # @end

    def everybody_in(self, room_id: str) -> list[Presence]:
        """Everybody in a room, each user once, in order of their ids."""
        users: dict[str, Presence] = {}
        told = self._here_in(room_id)
        # @since 7
        told += self._elsewhere.everybody_in(room_id)
        # @end
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
        # @since 7
        for link in self._links:
            link.push()
        # Who is in the room at another server has neither come nor gone.
        if self._elsewhere.find(user_id, room_id):
            return
        # @end
        self._tell_status(user_id, room_id, wall_clock(self._config) - round(silent_ms))

    # @since 7
    def on_presence(self, server: str, version: int, presence: list[Presence]) -> None:
        """Another server says who is there.

        Args:
            version: Grows: an older word is not listened to.
        """
        self._tell_changes(self._elsewhere.update(server, version, presence))

    def beat(self, timeout_ms: float) -> None:
        """Says to the other servers that this one and its users are there, and gives up servers that are silent.

        Args:
            timeout_ms: So long a server may be silent.
        """
        for link in self._links:
            link.push()
        self._tell_changes(self._elsewhere.expire(timeout_ms))

    def _tell_changes(self, changed: list[Presence]) -> None:
        for each in changed:
            members = self._rooms.members_of(each.room_id)
            if all(member.user_id != each.user_id for member in members):
                self._tell_status(each.user_id, each.room_id, each.last_seen)

    def _everybody_here(self) -> list[Presence]:
        return [presence for room_id in self._rooms.room_ids for presence in self._here_in(room_id)]

    # @end
    def _tell_status(self, user_id: str, room_id: str, last_seen: int) -> None:
        present = next((each for each in self.everybody_in(room_id) if each.user_id == user_id), None)
        self._tell(present or Presence(user_id, room_id, "offline", last_seen))

    def _here_in(self, room_id: str) -> list[Presence]:
        return [self._presence_of(member, room_id) for member in self._rooms.members_of(room_id)]

    def _presence_of(self, member: Connection, room_id: str) -> Presence:
        last_seen = wall_clock(self._config) - round(member.silent_ms())
        return Presence(member.user_id, room_id, "online", last_seen)
