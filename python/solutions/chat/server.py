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

# @since 7
from chat.journal import Journal

# @end
from chat.page_files import page_routes

# @since 7
from chat.server_api import server_routes
from chat.servers import Servers

# @end
from chat.settings import ChatSettings

# @since 7
from chat.topics import Topics

# @end
from shared.config import Config
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.trace import Trace


class ChatServer:
    """A chat server, as the network sees it."""

    def __init__(self, config: Config, settings: ChatSettings) -> None:
        self._config = config
        self._settings = settings
        self._trace = Trace(config.node_id)
        # @since 7
        self._servers = Servers(config, self._trace, settings.publish_timeout_ms)
        self._clients = Clients(config, settings, self._servers)
        self._journal: Journal | None = None
        # @end
        # @until 7
        # ~ self._clients = Clients(config, settings)
        # @end
        self._sockets = ClientSockets(self._clients.accept)
        self._started_at = time.monotonic()
        self._timers: list[asyncio.Task[None]] = []
        self._server: HttpServer | None = None

    async def start(self) -> None:
        # @since 7
        """Reads the journal, then takes in clients, and talks to the other servers."""
        # @end
        # @until 7
        # ~ """Takes in clients."""
        # @end
        clients = self._clients
        # @since 7
        journal, records = Journal.open(self._config.data_dir)
        topics = Topics(self._config, journal, records, self._servers, clients)
        clients.topics = topics
        self._journal = journal
        # @end
        self._server = HttpServer(self._config, self._trace, self._routes(), self._sockets.listen)
        await self._server.start()
        self._every(self._settings.heartbeat_ms, clients.sweep)
        # @since 7
        timeout_ms = self._settings.presence_timeout_ms
        self._every(self._settings.heartbeat_ms, lambda: clients.presence.beat(timeout_ms))
        self._every(self._settings.subscribe_ms, topics.renew)
        self._trace.event("state", {"status": "started", "messages": len(records)})
        # @end
        # @until 7
        # ~ self._trace.event("state", {"status": "started"})
        # @end

    async def stop(self) -> None:
        """Says goodbye to the clients, finishes the requests at hand, and lets go of everything."""
        for timer in self._timers:
            timer.cancel()
        await self._sockets.close()
        if self._server is not None:
            await self._server.stop()
        # @since 7
        if self._journal is not None:
            await self._journal.close()
        # @end

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        health = {
            "id": self._config.node_id,
            "status": "ok",
            "role": "server",
            "connections": self._clients.count,
            "uptimeMs": uptime_ms,
        }
        # @since 7
        topics = self._clients.topics
        rooms = {room_id: topics.sequencer_of(room_id) for room_id in topics.rooms()}
        return {**health, "rooms": rooms}
        # @end
        # @until 7
        # ~ return health
        # @end

    def _routes(self) -> list[Route]:
        async def health(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, self.health())

        return [
            Route("GET", "/health", health),
            *page_routes(),
            *client_routes(self._clients),
            # @since 7
            *server_routes(self._config, self._clients.topics, self._clients.presence),
            # @end
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
