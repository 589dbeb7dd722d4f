import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from shared.config import Config, wall_clock
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.json_body import any_field, number_field, object_body, string_field
from shared.trace import Trace
from workqueue.broker import Broker, BrokerSettings
from workqueue.journal import Journal
from workqueue.lease import grant_to_wire
from workqueue.task import ABSENT, Task, parse_limit, parse_status, task_to_wire
from workqueue.task_table import TaskTable

MAX_WAIT_MS = 30_000
DEFAULT_LIMIT = 1000


class BrokerServer:
    """The broker as the network sees it."""

    def __init__(self, config: Config, settings: BrokerSettings) -> None:
        self._config = config
        self._settings = settings
        self._started_at = time.monotonic()
        self._server: HttpServer | None = None
        self._tasks: TaskTable | None = None

    async def start(self) -> None:
        """Reads the journal, then accepts requests."""
        journal, entries = Journal.open(self._config.data_dir)
        tasks = TaskTable(journal, entries, lambda: broker.expire_due())
        broker = Broker(self._settings, tasks, lambda: wall_clock(self._config))
        trace = Trace(self._config.node_id)
        self._tasks = tasks
        routes = [*self._read_routes(tasks, broker), *_write_routes(broker)]
        self._server = HttpServer(self._config, trace, routes)
        await self._server.start()
        trace.event("state", {"status": "started", "tasks": len(entries)})

    async def stop(self) -> None:
        """Lets go of workers that wait, finishes the requests at hand, and closes the journal last: they need it."""
        if self._tasks is not None:
            self._tasks.let_go()
        if self._server is not None:
            await self._server.stop()
        if self._tasks is not None:
            await self._tasks.close()

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        return {"id": self._config.node_id, "status": "ok", "role": "broker", "uptimeMs": uptime_ms}

    def _read_routes(self, tasks: TaskTable, broker: Broker) -> list[Route]:
        """Reading waits for the disk too: no answer shows what a crash could take back."""

        async def after_sync(read: Callable[[], Any]) -> HttpAnswer:
            broker.expire_due()
            body = read()
            await tasks.sync()
            return HttpAnswer(200, body)

        async def health(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, self.health())

        async def stats(_: HttpRequest) -> HttpAnswer:
            return await after_sync(tasks.stats)

        async def task(request: HttpRequest) -> HttpAnswer:
            return await after_sync(lambda: task_to_wire(replace(tasks.find(request.params["id"]).task)))

        async def list_tasks(request: HttpRequest) -> HttpAnswer:
            status = parse_status(request.query.get("status"))
            limit = parse_limit(request.query.get("limit"), DEFAULT_LIMIT)
            return await after_sync(lambda: [task_to_wire(task) for task in tasks.list(status, limit)])

        return [
            Route("GET", "/health", health),
            Route("GET", "/stats", stats),
            Route("GET", "/task/:id", task),
            Route("GET", "/tasks", list_tasks),
        ]


def _write_routes(broker: Broker) -> list[Route]:
    def settle(action: str, change: Callable[[str, str, dict[str, Any]], Awaitable[Task]]) -> Route:
        """`POST /task/:id/<action>` with a lease: the lease must still run."""

        async def handle(request: HttpRequest) -> HttpAnswer:
            fields = object_body(request.body)
            lease_id = string_field(fields, "leaseId")
            broker.expire_due()
            return HttpAnswer(200, task_to_wire(await change(request.params["id"], lease_id, fields)))

        return Route("POST", f"/task/:id/{action}", handle)

    async def enqueue(request: HttpRequest) -> HttpAnswer:
        fields = object_body(request.body)
        payload = any_field(fields, "data")
        id = string_field(fields, "id") if "id" in fields else str(uuid.uuid4())
        task, added = await broker.enqueue(id, payload)
        return HttpAnswer(201 if added else 200, task_to_wire(task))

    async def lease(request: HttpRequest) -> HttpAnswer:
        fields = object_body(request.body)
        wait_ms = min(number_field(fields, "waitMs", fallback=0), MAX_WAIT_MS)
        grant = await broker.lease_within(string_field(fields, "worker"), wait_ms, request.client_gone)
        return HttpAnswer(204) if grant is None else HttpAnswer(200, grant_to_wire(grant))

    async def revive(request: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, task_to_wire(await broker.revive(request.params["id"])))

    return [
        Route("POST", "/task", enqueue),
        Route("POST", "/lease", lease),
        settle(
            "complete", lambda id, lease_id, body: broker.complete(id, lease_id, body.get("result", ABSENT))
        ),
        settle("fail", lambda id, lease_id, body: broker.fail(id, lease_id, string_field(body, "error"))),
        settle("extend", lambda id, lease_id, _: broker.extend(id, lease_id)),
        Route("POST", "/task/:id/retry", revive),
    ]
