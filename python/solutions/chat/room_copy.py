from collections.abc import Callable, Sequence

from chat.message import ChatMessage
from chat.ordering_buffer import OrderingBuffer
from chat.room_log import RoomLog
from chat.servers import Servers, in_background
from shared.rpc_client import NoAnswer


class RoomCopy:
    """A room at a server that does not number its messages, but gets them from the one that does."""

    def __init__(
        self, room_id: str, sequencer: str, servers: Servers, tell: Callable[[ChatMessage], None]
    ) -> None:
        """
        Args:
            tell: Told of each message, in order.
        """
        self.log = RoomLog()
        self._room_id = room_id
        self._sequencer = sequencer
        self._servers = servers
        self._tell = tell
        self._buffer = OrderingBuffer()
        self._asking = False

    # ANCHOR: room-copy
    async def refresh(self) -> None:
        """Brings the copy up to date, and subscribes to what comes. Raises NoAnswer if the sequencer is silent."""
        while True:
            excerpt = await self._servers.subscribe(self._sequencer, self._room_id, self._buffer.last)
            self._take(excerpt.messages)
            if not excerpt.messages or self._buffer.last >= excerpt.sequence_number:
                return

    def on_deliver(self, messages: Sequence[ChatMessage]) -> None:
        """Messages have come. If some before them are missing, it asks for these."""
        self._take(messages)
        if self._buffer.has_gap and not self._asking:
            self._asking = True
            in_background(self._ask_again())

    def _take(self, messages: Sequence[ChatMessage]) -> None:
        for message in messages:
            for due in self._buffer.accept(message):
                self.log.append(due)
                self.log.show(due.sequence_number)
                self._tell(due)

    # ANCHOR_END: room-copy

    async def _ask_again(self) -> None:
        """If it is in vain: the next renewal of the subscription asks, too."""
        try:
            await self.refresh()
        except NoAnswer:
            pass
        finally:
            self._asking = False
