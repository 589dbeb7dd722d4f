import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

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

    def close(self, code: int, reason: str) -> None:
        """Says goodbye. A client that does not answer is cut off after a moment."""
        ...


@dataclass(slots=True)
class Broadcast:
    """What goes to everybody in a room. It is made into text once, not once for each of them."""

    text: str


class Connection:
    """A user's connection. One user may have several."""

    def __init__(self, user_id: str, socket: Socket) -> None:
        self.user_id = user_id
        # The rooms it has joined.
        self.room_ids: set[str] = set()
        self._socket = socket
        self._last_heard = time.monotonic()
        self._turn = asyncio.Lock()

    def heard(self) -> None:
        """A sign of life has come."""
        self._last_heard = time.monotonic()

    def silent_ms(self) -> float:
        """How long nothing was heard."""
        return (time.monotonic() - self._last_heard) * 1000

    def buffered_bytes(self) -> int:
        """What waits to be sent."""
        return self._socket.buffered_bytes()

    def send(self, frame: Any) -> None:
        """Sends a frame to this client alone."""
        self._socket.send(json.dumps(frame, separators=(",", ":")))

    def send_live(self, broadcast: Broadcast) -> None:
        """Sends what goes to everybody in a room."""
        self._socket.send(broadcast.text)

    async def in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does one thing after the other, in the order in which the client asked."""
        async with self._turn:
            await work()

    def close(self, code: int, reason: str) -> None:
        self._socket.close(code, reason)
