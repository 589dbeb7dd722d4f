import time
from collections.abc import Sequence
from dataclasses import dataclass

from chat.message import Presence

# Who and where: user_id, room_id.
_Key = tuple[str, str]


@dataclass(slots=True)
class _Word:
    """What another server has said of its users."""

    version: float
    heard_at: float
    present: dict[_Key, Presence]


class Elsewhere:
    """Who is in which room at the other servers, as far as these have told."""

    def __init__(self) -> None:
        self._words: dict[str, _Word] = {}

    def find(self, user_id: str, room_id: str) -> list[Presence]:
        """What the servers have told of a user in a room."""
        key = (user_id, room_id)
        return [word.present[key] for word in self._words.values() if key in word.present]

    def everybody_in(self, room_id: str) -> list[Presence]:
        """Everybody in a room, once for each server that somebody is at."""
        everybody = [each for word in self._words.values() for each in word.present.values()]
        return [presence for presence in everybody if presence.room_id == room_id]

    def update(self, server: str, version: float, presence: Sequence[Presence]) -> list[Presence]:
        """A server says who is there: all of them. An older word than the last one is not listened to.

        Returns:
            Whoever was not told of before, and whoever is not told of any more, by any server.
        """
        before = self._words.get(server)
        if before is not None and version <= before.version:
            return []
        present = {(each.user_id, each.room_id): each for each in presence}
        come = [each for each in presence if not self.find(each.user_id, each.room_id)]
        self._words[server] = _Word(version, time.monotonic(), present)
        known = before.present.values() if before else []
        gone = [each for each in known if not self.find(each.user_id, each.room_id)]
        return [*come, *gone]

    def expire(self, timeout_ms: float) -> list[Presence]:
        """Forgets the users of servers that were silent for so long. Returns whoever is not told of any more."""
        gone: list[Presence] = []
        for server, word in list(self._words.items()):
            if word.present and (time.monotonic() - word.heard_at) * 1000 > timeout_ms:
                gone += self.update(server, word.version + 0.5, [])
        return gone
