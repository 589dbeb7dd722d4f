import asyncio
import contextlib
import time
from typing import Any
from urllib.parse import quote

from shared.config import Config
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.rpc_client import NoAnswer, PeerAnswer, RpcClient
from shared.trace import Trace
from workqueue.handler import handle_task
from workqueue.task import RetryTiming, Task, backoff_ms, task_from_wire

# How long the broker may keep a request for a task waiting.
WAIT_MS = 2000
ANSWER_TIMEOUT_MS = 2000
# Pauses while the broker does not answer.
RECONNECT = RetryTiming(backoff_base_ms=100, backoff_max_ms=2000)
# How long a stopping worker may take to finish its task.
STOP_GRACE_MS = 1500


class Worker:
    """Takes one task after another from the broker and works on it."""

    def __init__(self, config: Config, lease_ms: float) -> None:
        self._config = config
        self._lease_ms = lease_ms
        self._trace = Trace(config.node_id)
        self._server = HttpServer(config, self._trace, [Route("GET", "/health", self._answer_health)])
        self._broker = RpcClient(config, self._trace)
        self._stopping = asyncio.Event()
        self._started_at = time.monotonic()
        self._running: asyncio.Task[None] | None = None
        # Done when the task at hand is done.
        self._working: asyncio.Task[None] | None = None
        self._completed = 0

    async def start(self) -> None:
        await self._server.start()
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Takes no more tasks. A task that cannot be finished in time is left to its lease."""
        self._stopping.set()
        if self._working is not None:
            await asyncio.wait([self._working], timeout=STOP_GRACE_MS / 1000)
        await self._server.stop()

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        return {
            "id": self._config.node_id,
            "status": "ok",
            "role": "worker",
            "uptimeMs": uptime_ms,
            "completed": self._completed,
        }

    async def _answer_health(self, _: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, self.health())

    async def _run(self) -> None:
        while not self._stopping.is_set():
            request = {"worker": self._config.node_id, "waitMs": WAIT_MS}
            answer = await self._send("/lease", request, WAIT_MS + ANSWER_TIMEOUT_MS)
            if answer is not None and answer.status == 200:
                task = task_from_wire(answer.body["task"])
                self._working = asyncio.create_task(self._work(task, answer.body["leaseId"]))
                await self._working
            elif answer is not None and answer.status != 204:
                await self._pause(RECONNECT.backoff_max_ms)

    async def _work(self, task: Task, lease_id: str) -> None:
        path = f"/task/{quote(task.id, safe='')}"
        print(f"{self._config.node_id} starts task {task.id} (lease {lease_id}, retries {task.retries})")
        extending = asyncio.create_task(self._extend(path, lease_id))
        try:
            result = await handle_task(task)
            done = {"leaseId": lease_id, "result": result}
            answer = await self._send(f"{path}/complete", done, ANSWER_TIMEOUT_MS)
        except Exception as error:
            failed = {"leaseId": lease_id, "error": str(error)}
            answer = await self._send(f"{path}/fail", failed, ANSWER_TIMEOUT_MS)
        finally:
            extending.cancel()
        body = answer.body if answer is not None else {}
        outcome = body.get("status") or body.get("error") or "unknown"
        if outcome == "completed":
            self._completed += 1
        print(f"{self._config.node_id} ends task {task.id}: {outcome}")

    async def _extend(self, path: str, lease_id: str) -> None:
        while True:
            await asyncio.sleep(self._lease_ms / 3 / 1000)
            # The next one comes soon: an extension that gets lost is not sent again.
            await self._attempt(f"{path}/extend", {"leaseId": lease_id}, self._lease_ms / 3)

    async def _send(self, path: str, body: Any, timeout_ms: float) -> PeerAnswer | None:
        """Sends a request until the broker answers it; None if the worker was stopped before that."""
        failures = 0
        while True:
            answer = await self._attempt(path, body, timeout_ms)
            if answer is not None and answer.status < 500:
                return answer
            if self._stopping.is_set():
                return None
            await self._pause(backoff_ms(failures, RECONNECT))
            failures += 1

    async def _attempt(self, path: str, body: Any, timeout_ms: float) -> PeerAnswer | None:
        """Sends a request once; None if no answer came."""
        try:
            return await self._broker.post("broker", path, body, timeout_ms)
        except NoAnswer:
            return None

    async def _pause(self, ms: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), ms / 1000)
