import time
from collections.abc import Callable, Sequence

from chat.message import Presence
from chat.servers import Servers, in_background
from shared.rpc_client import NoAnswer


class PresenceLink:
    """Tells another server who is here."""

    def __init__(self, to: str, servers: Servers, here: Callable[[], Sequence[Presence]]) -> None:
        """
        Args:
            here: Who is in which room at this server.
        """
        self._to = to
        self._servers = servers
        self._here = here
        # Later than any version of an earlier life of this server.
        self._version = time.time_ns() // 1_000_000
        self._sending = False
        self._changed = False

    def push(self) -> None:
        """Tells it now, or as soon as the last word has been answered. A word that gets lost is followed by another."""
        self._changed = True
        if not self._sending:
            self._sending = True
            in_background(self._send())

    async def _send(self) -> None:
        try:
            while self._changed:
                self._changed = False
                self._version += 1
                await self._servers.tell_presence(self._to, self._version, self._here())
        except NoAnswer:
            pass
        finally:
            self._sending = False
