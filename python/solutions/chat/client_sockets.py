import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.server import ServerProtocol

from chat.connection import SERVER_STOPPING, Socket

# A frame may have at most this many bytes.
MAX_FRAME_BYTES = 64 * 1024
# So many frames of one client are worked on at once; then nothing more is read from it.
MAX_FRAMES_AT_WORK = 100
# How long a client may take to answer a goodbye.
GOODBYE_MS = 5000
# The same, when the server is about to end.
LAST_GOODBYE_MS = 500
# What the requests for a WebSocket begin with.
WEBSOCKET_REQUESTS = (b"GET /ws?", b"GET /ws ")


@dataclass(slots=True)
class Listener:
    """What is done with a client's frames."""

    on_frame: Callable[[bytes, bool], Coroutine[Any, Any, None]]
    """A frame has come: its data, and whether it is binary. Never raises."""
    on_close: Callable[[], None]
    """The connection is over."""


class ClientSockets:
    """Turns HTTP connections into WebSockets (RFC 6455), and serves these."""

    def __init__(self, accept: Callable[[str, Socket], Listener | None]) -> None:
        """
        Args:
            accept: Told of each new client; it may close the socket at once and listen to nothing.
        """
        self._accept = accept
        self._server: Server | None = None

    async def listen(self, host: str, port: int, http: web.Server) -> int:
        """Listens for both, WebSockets and HTTP, and returns the port. Raises OSError if the port is taken."""
        self._server = await serve(
            self._serve,
            host,
            port,
            create_connection=cast(type[ServerConnection], partial(_SharedPort, http)),
            compression=None,
            max_size=MAX_FRAME_BYTES,
            ping_interval=None,
            close_timeout=GOODBYE_MS / 1000,
            # Only so does `send` return when everything has left this process.
            write_limit=0,
        )
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Says goodbye to all clients, and returns when the last one is gone."""
        if self._server is None:
            return
        clients = list(self._server.all_connections)
        self._server.close(code=SERVER_STOPPING, reason="the server is stopping")
        waiting = [asyncio.create_task(client.wait_closed()) for client in clients]
        if waiting:
            await asyncio.wait(waiting, timeout=LAST_GOODBYE_MS / 1000)
        for client in clients:
            client.transport.abort()

    async def _serve(self, connection: ServerConnection) -> None:
        path = connection.request.path if connection.request else ""
        user_id = parse_qs(urlsplit(path).query).get("userId", [""])[0]
        listener = self._accept(user_id, _ClientSocket(connection))
        if listener is None:
            await connection.wait_closed()
            return
        slots = asyncio.Semaphore(MAX_FRAMES_AT_WORK)
        at_work: set[asyncio.Task[None]] = set()

        def done(task: asyncio.Task[None]) -> None:
            at_work.discard(task)
            slots.release()

        try:
            async for data in connection:
                await slots.acquire()
                is_binary = isinstance(data, bytes)
                frame = data if isinstance(data, bytes) else data.encode()
                task = asyncio.create_task(listener.on_frame(frame, is_binary))
                at_work.add(task)
                task.add_done_callback(done)
        except ConnectionClosed:
            # What breaks a rule of the protocol, or is too large, is answered with a close code by the library itself.
            pass
        finally:
            listener.on_close()


class _ClientSocket:
    """A Socket."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    def buffered_bytes(self) -> int:
        return self._connection.transport.get_write_buffer_size()

    def send(self, text: str) -> None:
        broadcast([self._connection], text)

    # @since 7
    async def send_and_wait(self, text: str) -> None:
        try:
            await self._connection.send(text)
        except ConnectionClosed:
            pass

    # @end
    def close(self, code: int, reason: str) -> None:
        self._goodbye = asyncio.create_task(self._connection.close(code, reason))
        asyncio.get_running_loop().call_later(GOODBYE_MS / 1000, self._connection.transport.abort)


class _SharedPort(ServerConnection):
    """A connection to the port that WebSockets and HTTP share: its first bytes tell what it is."""

    def __init__(self, http: web.Server, protocol: ServerProtocol, server: Server, **options: Any) -> None:
        super().__init__(protocol, server, **options)
        self._http = http
        self._fresh: asyncio.Transport
        self._first_bytes = b""
        self._is_websocket = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._fresh = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._is_websocket:
            super().data_received(data)
            return
        self._first_bytes += data
        if self._first_bytes.startswith(WEBSOCKET_REQUESTS):
            self._is_websocket = True
            super().connection_made(self._fresh)
            super().data_received(self._first_bytes)
        elif not any(start.startswith(self._first_bytes) for start in WEBSOCKET_REQUESTS):
            protocol = self._http()
            self._fresh.set_protocol(protocol)
            protocol.connection_made(self._fresh)
            protocol.data_received(self._first_bytes)

    def eof_received(self) -> None:
        if self._is_websocket:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_websocket:
            super().connection_lost(exc)
