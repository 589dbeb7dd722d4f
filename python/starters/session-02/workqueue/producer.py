import asyncio
import contextlib
import time
import uuid
from dataclasses import dataclass
from typing import Any

from shared.config import Config
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.rpc_client import NoAnswer, RpcClient
from shared.trace import Trace
from workqueue.task import RetryTiming, backoff_ms

ANSWER_TIMEOUT_MS = 2000
# Pauses while the broker does not answer.
RECONNECT = RetryTiming(backoff_base_ms=100, backoff_max_ms=2000)


@dataclass(slots=True)
class ProducerSettings:
    tasks: int
    """How many tasks to send."""
    interval_ms: float
    """From one task to the next."""


class Producer:
    """Sends a number of tasks to the broker, then idles."""

    def __init__(self, config: Config, settings: ProducerSettings) -> None:
        self._config = config
        self._settings = settings
        trace = Trace(config.node_id)
        self._server = HttpServer(config, trace, [Route("GET", "/health", self._answer_health)])
        self._broker = RpcClient(config, trace)
        self._stopping = asyncio.Event()
        self._started_at = time.monotonic()
        self._running: asyncio.Task[None] | None = None
        self._sent = 0

    async def start(self) -> None:
        await self._server.start()
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._stopping.set()
        await self._server.stop()

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        return {
            "id": self._config.node_id,
            "status": "ok",
            "role": "producer",
            "uptimeMs": uptime_ms,
            "sent": self._sent,
        }

    async def _answer_health(self, _: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, self.health())

    async def _run(self) -> None:
        for number in range(1, self._settings.tasks + 1):
            id = f"{self._config.node_id}-{uuid.uuid4()}"
            await self._send({"id": id, "data": {"op": "echo", "number": number}})
            if self._stopping.is_set():
                return
            self._sent += 1
            await self._pause(self._settings.interval_ms)

    async def _send(self, request: dict[str, Any]) -> None:
        """Sends one task until the broker has acknowledged it. Every attempt has the same id: it is one task."""
        failures = 0
        while not self._stopping.is_set():
            with contextlib.suppress(NoAnswer):
                answer = await self._broker.post("broker", "/task", request, ANSWER_TIMEOUT_MS)
                if answer.status in (200, 201):
                    print(f"{self._config.node_id} sent task {request['id']}")
                    return
            await self._pause(backoff_ms(failures, RECONNECT))
            failures += 1

    async def _pause(self, ms: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), ms / 1000)
