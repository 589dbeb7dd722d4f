import asyncio
import inspect
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from chat.client_api import client_routes
from chat.client_sockets import ClientSockets
from chat.clients import Clients

from chat.page_files import page_routes

from chat.settings import ChatSettings

from shared.config import Config
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.trace import Trace


class ChatServer:
    """A chat server, as the network sees it."""

    def __init__(self, config: Config, settings: ChatSettings) -> None:
        self._config = config
        self._settings = settings
        self._trace = Trace(config.node_id)
        self._clients = Clients(config, settings)
        self._sockets = ClientSockets(self._clients.accept)
        self._started_at = time.monotonic()
        self._timers: list[asyncio.Task[None]] = []
        self._server: HttpServer | None = None

    async def start(self) -> None:
        """Takes in clients."""
        clients = self._clients
        self._server = HttpServer(self._config, self._trace, self._routes(), self._sockets.listen)
        await self._server.start()
        self._every(self._settings.heartbeat_ms, clients.sweep)
        self._trace.event("state", {"status": "started"})

    async def stop(self) -> None:
        """Says goodbye to the clients, finishes the requests at hand, and lets go of everything."""
        for timer in self._timers:
            timer.cancel()
        await self._sockets.close()
        if self._server is not None:
            await self._server.stop()

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        health = {
            "id": self._config.node_id,
            "status": "ok",
            "role": "server",
            "connections": self._clients.count,
            "uptimeMs": uptime_ms,
        }
        return health

    def _routes(self) -> list[Route]:
        async def health(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, self.health())

        return [
            Route("GET", "/health", health),
            *page_routes(),
            *client_routes(self._clients),
        ]

    def _every(self, ms: float, work: Callable[[], Any]) -> None:
        """Does something again and again. A mistake in it is told, and does not end the server."""

        async def repeat() -> None:
            while True:
                await asyncio.sleep(ms / 1000)
                try:
                    result = work()
                    if inspect.isawaitable(result):
                        await result
                except Exception as error:
                    traceback.print_exception(error, file=sys.stderr)

        self._timers.append(asyncio.create_task(repeat()))
