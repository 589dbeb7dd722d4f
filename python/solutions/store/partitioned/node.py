import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from shared.config import Config, wall_clock
from shared.forwarder import Forwarder
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.json_body import object_body
from shared.rpc_client import NoAnswer, RpcClient
from shared.trace import Trace
from store.key_value import parse_key
from store.partitioned.client_api import client_routes
from store.partitioned.coordinator import Coordinator
from store.partitioned.journal import Journal
from store.partitioned.membership import Membership, parse_nodes
from store.partitioned.messages import Message, Network, Receive
from store.partitioned.reconciler import Reconciler
from store.partitioned.replica import Replica
from store.partitioned.ring import RingState
from store.partitioned.ring_change import RingChange
from store.partitioned.settings import StoreSettings

# A forwarded write asks the owners and then tells them: two timeouts, and time for the disks.
FORWARD_TIMEOUTS = 3
# Between nodes a value travels with its entry, and perhaps escaped: then it is longer than it came.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
# How long a stopping node waits for the comparison at hand.
STOP_GRACE_MS = 1500


class StoreNode:
    """One of the nodes that together are the store: puts its parts together."""

    def __init__(self, config: Config, settings: StoreSettings) -> None:
        self._config = config
        self._settings = settings
        self._trace = Trace(config.node_id)
        self._client = RpcClient(config, self._trace)
        self._started_at = time.monotonic()
        # By message type.
        self._receivers: dict[str, Receive] = {}
        self._server: HttpServer | None = None
        self._reconciler: Reconciler | None = None
        self._reconciling: asyncio.Task[None] | None = None
        self._journal: Journal | None = None
        self._last_timestamp = 0

    async def start(self) -> None:
        """Reads the journal, then accepts requests."""
        node_id = self._config.node_id
        settings = self._settings
        peers = list(self._config.peers)
        network = Network(node_id, peers, self.send)
        journal, remembered = Journal.open(self._config.data_dir)
        ring = remembered.ring or RingState(epoch=0, nodes=sorted([node_id, *peers]))
        membership = Membership(journal, ring, settings.vnodes, settings.replicas)
        replica = Replica(journal, remembered, settings.mode, self._trace)
        # Session 4 puts one leader and its log in the place of all this, in a folder of its own: store/replicated.
        coordinator = Coordinator(network, settings, membership, replica, self._timestamp)
        reconciler = Reconciler(network, settings, membership, replica)
        change = RingChange(network, membership, replica, reconciler, settings.ring_timeout_ms)
        self._receivers = {
            "read": coordinator.on_read,
            "write": coordinator.on_write,
            "sums": reconciler.on_sums,
            "stamps": reconciler.on_stamps,
            "copy": reconciler.on_copy,
            "ring": change.on_ring,
        }
        forwarder = Forwarder(self._config, self._trace, FORWARD_TIMEOUTS * settings.replica_timeout_ms)
        routes = [
            *self._own_routes(),
            *self._ring_routes(membership, change),
            *_replica_routes(replica),
            *client_routes(node_id, coordinator, forwarder),
        ]
        self._journal = journal
        self._reconciler = reconciler
        self._server = HttpServer(self._config, self._trace, routes)
        await self._server.start()
        self._reconciling = asyncio.create_task(reconciler.run())
        started = {"status": "started", "mode": settings.mode, "keys": len(remembered.entries)}
        self._trace.event("state", started)

    async def stop(self) -> None:
        """Finishes the requests at hand, and closes the journal last: they need it."""
        if (
            self._server is None
            or self._reconciler is None
            or self._reconciling is None
            or self._journal is None
        ):
            return
        self._reconciler.stop()
        grace = asyncio.wait([self._reconciling], timeout=STOP_GRACE_MS / 1000)
        await asyncio.gather(self._server.stop(), grace)
        await self._journal.close()

    async def send(self, to: str, message: Message, timeout_ms: float) -> Any:
        """Sends a message to a node and waits for the reply. Raises NoAnswer if none comes or the node refuses."""
        if to == self._config.node_id:
            return await self.receive(message)
        if to not in self._config.peers:
            raise NoAnswer(f"{to} is not in PEERS")
        answer = await self._client.post(to, f"/_replica/{message.type}", message.data, timeout_ms)
        if answer.status != 200:
            raise NoAnswer(f"{to} answered {answer.status}")
        return answer.body

    async def receive(self, message: Message) -> dict[str, Any]:
        """Takes in a message from another node and returns the reply. Raises HttpError."""
        receive = self._receivers.get(message.type)
        if receive is None:
            raise HttpError(404, "not_found", f'There is no message "{message.type}".')
        return await receive(message.data)

    def health(self) -> dict[str, Any]:
        return {
            "id": self._config.node_id,
            "status": "ok",
            "role": "node",
            "mode": self._settings.mode,
            "uptimeMs": round((time.monotonic() - self._started_at) * 1000),
        }

    def _timestamp(self) -> int:
        """What the clock says; of two writes in one millisecond the second is stamped a millisecond later."""
        self._last_timestamp = max(wall_clock(self._config), self._last_timestamp + 1)
        return self._last_timestamp

    def _own_routes(self) -> list[Route]:
        async def health(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, self.health())

        async def message(request: HttpRequest) -> HttpAnswer:
            message = Message(request.params["type"], object_body(request.body))
            return HttpAnswer(200, await self.receive(message))

        return [Route("GET", "/health", health), Route("POST", "/_replica/:type", message, MAX_MESSAGE_BYTES)]

    def _ring_routes(self, membership: Membership, change: RingChange) -> list[Route]:
        async def show(_: HttpRequest) -> HttpAnswer:
            body = {
                **asdict(membership.ring),
                "vnodes": membership.vnodes,
                "replicas": membership.replicas,
                "points": [asdict(point) for point in membership.points],
            }
            return HttpAnswer(200, body)

        async def put(request: HttpRequest) -> HttpAnswer:
            nodes = parse_nodes(object_body(request.body))
            known = [self._config.node_id, *self._config.peers]
            for stranger in (node for node in nodes if node not in known):
                message = f'"nodes" has "{stranger}"; this node knows {", ".join(known)}.'
                raise HttpError(400, "bad_request", message)
            return HttpAnswer(200, {"moved": await change.change(nodes), "nodes": nodes})

        async def owner(request: HttpRequest) -> HttpAnswer:
            key = parse_key(request.params["key"])
            return HttpAnswer(200, {"key": key, "owners": membership.owners_of(key)})

        return [
            Route("GET", "/_ring", show),
            Route("PUT", "/_ring", put),
            Route("GET", "/_owner/:key", owner),
        ]


def _replica_routes(replica: Replica) -> list[Route]:
    """Shows what this node holds. It waits for the disk too: no answer shows what a crash could take back."""

    def after_sync(path: str, read: Callable[[], Any]) -> Route:
        async def handle(_: HttpRequest) -> HttpAnswer:
            body = read()
            await replica.sync()
            return HttpAnswer(200, body)

        return Route("GET", path, handle)

    return [
        after_sync("/_local", lambda: [asdict(entry) for entry in replica.all() if not entry.deleted]),
        after_sync("/_conflicts", lambda: [asdict(conflict) for conflict in replica.conflicts]),
    ]
