import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

# @since 7
from chat.message import ChatMessage

# @end
# Why a server closes a connection. Source: RFC 6455, section 7.4; from 4000 on the numbers are ours.
SERVER_STOPPING = 1001
NO_USER_ID = 1008
HEARTBEAT_TIMEOUT = 4001
SLOW_READER = 4002


class Socket(Protocol):
    """The line to a client: what the WebSocket library gives us."""

    def buffered_bytes(self) -> int:
        """What was sent and has not left this process, bytes."""
        ...

    def send(self, text: str) -> None:
        """Hands a text frame to the operating system, sooner or later. Never waits, never raises."""
        ...

    # @since 7
    async def send_and_wait(self, text: str) -> None:
        """The same, and returns when it has left this process, or never will."""
        ...

    # @end
    def close(self, code: int, reason: str) -> None:
        """Says goodbye. A client that does not answer is cut off after a moment."""
        ...


@dataclass(slots=True)
class Broadcast:
    """What goes to everybody in a room. It is made into text once, not once for each of them."""

    text: str
    # @since 7
    message: ChatMessage | None
    """The message in it, if there is one."""
    # @end


class Connection:
    """A user's connection. One user may have several."""

    def __init__(self, user_id: str, socket: Socket) -> None:
        self.user_id = user_id
        # The rooms it has joined.
        self.room_ids: set[str] = set()
        self._socket = socket
        self._last_heard = time.monotonic()
        self._turn = asyncio.Lock()
        # @since 7
        # How many rooms' histories are on their way.
        self._catching_up = 0
        self._is_sending_history = False
        # How many of those held came before the history was read.
        self._held_before = 0
        self._held: list[Broadcast] = []
        # @end

    def heard(self) -> None:
        """A sign of life has come."""
        self._last_heard = time.monotonic()

    def silent_ms(self) -> float:
        """How long nothing was heard."""
        return (time.monotonic() - self._last_heard) * 1000

    def buffered_bytes(self) -> int:
        """What waits to be sent."""
        # @since 7
        # A long history is not the reader's fault: only what has come since it was read counts.
        if self._is_sending_history:
            return sum(len(broadcast.text) for broadcast in self._held[self._held_before :])
        if self._catching_up > 0:
            return 0
        # @end
        return self._socket.buffered_bytes()

    def send(self, frame: Any) -> None:
        """Sends a frame to this client alone."""
        self._socket.send(json.dumps(frame, separators=(",", ":")))

    # @since 7
    def send_live(self, broadcast: Broadcast) -> None:
        """Sends what goes to everybody in a room. It is held while a history is on its way."""
        if self._catching_up > 0:
            self._held.append(broadcast)
        else:
            self._socket.send(broadcast.text)

    def hold(self) -> None:
        """From now on what goes to everybody in a room is held."""
        self._catching_up += 1

    async def send_history(self, frame: Any) -> None:
        """Sends a history, and returns when it is out."""
        self._held_before = len(self._held)
        self._is_sending_history = True
        await self._socket.send_and_wait(json.dumps(frame, separators=(",", ":")))
        self._is_sending_history = False

    def release(self, room_id: str, sequence_number: int) -> None:
        """A history is out, or will not come: sends what was held, but for the messages that were in the history.

        Args:
            sequence_number: Of the last message in the history.
        """
        self._catching_up -= 1
        self._held = [each for each in self._held if not _is_in(each.message, room_id, sequence_number)]
        if self._catching_up > 0:
            return
        for broadcast in self._held:
            self._socket.send(broadcast.text)
        self._held = []

    # @end
    # @until 7
    # ~ def send_live(self, broadcast: Broadcast) -> None:
    # ~     """Sends what goes to everybody in a room."""
    # ~     self._socket.send(broadcast.text)
    # ~
    # @end
    async def in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does one thing after the other, in the order in which the client asked."""
        async with self._turn:
            await work()

    def close(self, code: int, reason: str) -> None:
        self._socket.close(code, reason)


# @since 7
def _is_in(message: ChatMessage | None, room_id: str, sequence_number: int) -> bool:
    """Whether it is one of the room's messages up to this number."""
    return message is not None and message.room_id == room_id and message.sequence_number <= sequence_number


# @end
