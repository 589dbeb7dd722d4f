import re
import time
from dataclasses import asdict
from typing import Any

from shared.config import Config
from shared.forwarder import Forwarder
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.trace import Trace
from store.replicated.client_api import Store, client_routes
from store.replicated.journal import Journal

# @since 5
from store.replicated.lag import lag_to_wire, measure_lag
from store.replicated.reads import Reads

# @end
from store.replicated.replica import Replica
from store.replicated.rpc import parse_rpc, rpc_to_wire
from store.replicated.settings import ReplicationSettings

# Between nodes a value travels with others, and perhaps escaped: then it is longer than it came.
MAX_RPC_BYTES = 8 * 1024 * 1024


class StoreNode:
    """One of the nodes that together are the store, as the network sees it."""

    def __init__(self, config: Config, settings: ReplicationSettings) -> None:
        self._config = config
        self._settings = settings
        self._trace = Trace(config.node_id)
        self._started_at = time.monotonic()
        self._journal: Journal | None = None
        self._replica: Replica | None = None
        self._server: HttpServer | None = None

    async def start(self) -> None:
        """Reads the journal, then accepts requests, and waits for a leader."""
        journal, remembered = Journal.open(self._config.data_dir)
        replica = Replica(self._config, self._settings, self._trace, journal, remembered)
        # The node that forwards waits a little longer than the one that answers.
        patience_ms = self._settings.request_timeout_ms + self._settings.rpc_timeout_ms
        forwarder = Forwarder(self._config, self._trace, patience_ms)
        store = Store(
            state=replica.state,
            key_values=replica.key_values,
            forwarder=forwarder,
            # @since 5
            reads=Reads(replica.key_values, replica.quorum, self._settings, lambda: replica.leadership),
            # @end
            leadership=lambda: replica.leadership,
        )
        self._journal = journal
        self._replica = replica
        self._server = HttpServer(
            self._config, self._trace, [*self._own_routes(replica), *client_routes(store)]
        )
        await self._server.start()
        replica.start()
        started = {"status": "started", "term": replica.state.term, "entries": replica.log.last_index}
        self._trace.event("state", started)

    async def stop(self) -> None:
        """Finishes the requests at hand, and closes the journal last: they need it."""
        if self._server is None or self._replica is None or self._journal is None:
            return
        await self._server.stop()
        self._replica.stop()
        await self._journal.close()

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        base = {"id": self._config.node_id, "status": "ok", "uptimeMs": uptime_ms}
        replica = self._replica
        if replica is None:
            return base
        return {
            **base,
            "role": replica.state.role,
            "term": replica.state.term,
            "leader": replica.state.leader,
            "lastLogIndex": replica.log.last_index,
            "commitIndex": replica.key_values.commit_index,
        }

    def _own_routes(self, replica: Replica) -> list[Route]:
        node_id = self._config.node_id
        peers = list(self._config.peers)

        async def health(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, self.health())

        async def rpc(request: HttpRequest) -> HttpAnswer:
            message = parse_rpc(request.body, peers, node_id)
            return HttpAnswer(200, rpc_to_wire(await replica.receive(message)))

        async def show_log(request: HttpRequest) -> HttpAnswer:
            entries = replica.log.entries_from(_parse_from(request.query))
            # No answer shows what a crash could take back.
            await replica.log.sync()
            return HttpAnswer(200, [asdict(entry) for entry in entries])

        # @since 5
        async def lag(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, lag_to_wire(measure_lag(replica)))

        # @end
        return [
            Route("GET", "/health", health),
            Route("POST", "/_rpc", rpc, MAX_RPC_BYTES),
            Route("GET", "/_log", show_log),
            # @since 5
            Route("GET", "/_lag", lag),
            # @end
        ]


def _parse_from(query: dict[str, str]) -> int:
    """Reads `?from=`: an index, 1 if it is left out. Raises HttpError 400."""
    from_ = query.get("from", "1")
    if re.fullmatch(r"[0-9]{1,15}", from_):
        return int(from_)
    raise HttpError(400, "bad_request", f'"from" must be an index, not "{from_}".')
