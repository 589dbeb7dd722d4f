from chat.room_log import RoomLog
from chat.servers import Servers, in_background
from shared.rpc_client import NoAnswer

# No more messages than this go to another server at once.
BATCH = 100


class Subscriber:
    """Another server that wants a room's messages."""

    def __init__(self, server: str, log: RoomLog, has: int, servers: Servers) -> None:
        self._server = server
        self._log = log
        self._servers = servers
        # The number of the last message it has.
        self._has = has
        self._sending = False
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether it gets nothing more, because it was silent or has nobody in the room. It will ask again."""
        return self._ended

    def end(self) -> None:
        self._ended = True

    def push(self) -> None:
        """Sends what it does not have, unless that is being done."""
        if not self._sending:
            self._sending = True
            in_background(self._send())

    # ANCHOR: deliver
    async def _send(self) -> None:
        try:
            while not self._ended:
                messages = self._log.read(self._has, BATCH).messages
                if not messages:
                    return
                await self._servers.deliver(self._server, messages)
                self._has += len(messages)
        except NoAnswer:
            self.end()
        finally:
            self._sending = False

    # ANCHOR_END: deliver
