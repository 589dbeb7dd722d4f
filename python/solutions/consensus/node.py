import re
import time
from dataclasses import asdict
from typing import Any

# @since 9
from consensus.command_api import command_routes

# @end
# @since 10
from consensus.kv_api import kv_routes

# @end
from consensus.log import last_index, last_term
from consensus.messages import RaftMessage, message_to_wire, parse_message
from consensus.settings import RaftSettings
from consensus.shell import Shell
from consensus.state import create_state
from consensus.storage import RaftStorage
from shared.config import Config

# @since 10
from shared.forwarder import Forwarder

# @end
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.json_body import MAX_INTEGER
from shared.rpc_client import NoAnswer, RpcClient
from shared.trace import Trace

# Many entries travel in one message, each with a value of up to 1 MiB, which may be longer when it is escaped.
MAX_RAFT_BYTES = 256 * 1024 * 1024


class ConsensusNode:
    """One of the nodes that agree, as the network sees it."""

    def __init__(self, config: Config, settings: RaftSettings) -> None:
        self._config = config
        self._settings = settings
        self._trace = Trace(config.node_id)
        self._client = RpcClient(config, self._trace)
        self._started_at = time.monotonic()
        self._storage: RaftStorage | None = None
        self._shell: Shell | None = None
        self._server: HttpServer | None = None

    async def start(self) -> None:
        """Reads what is on disk, accepts requests, and waits for a leader."""
        storage, durable = RaftStorage.open(self._config.data_dir)
        peers = list(self._config.peers)
        # @until 9
        # ~ state = create_state(self._config.node_id, peers, durable)
        # @end
        # @since 9
        state = create_state(self._config.node_id, peers, durable, self._settings.max_entries_per_append)
        # @end
        shell = Shell(state, storage, self.send, self._settings, self._trace)
        self._storage = storage
        self._shell = shell
        self._server = HttpServer(self._config, self._trace, self._routes(shell))
        await self._server.start()
        shell.start()
        started = {"status": "started", "term": state.current_term, "entries": last_index(state.log)}
        self._trace.event("state", started)

    async def stop(self) -> None:
        """Finishes the requests at hand, and closes the storage last: they need it."""
        if self._server is None or self._shell is None or self._storage is None:
            return
        await self._server.stop()
        self._shell.stop()
        await self._storage.close()

    async def send(self, message: RaftMessage) -> RaftMessage:
        """Asks another node, and gives its answer. Raises NoAnswer if there is none in time, or none that can be
        read.
        """
        wire, timeout_ms = message_to_wire(message), self._settings.rpc_timeout_ms
        answer = await self._client.post(message.to, "/raft", wire, timeout_ms)
        if answer.status != 200:
            raise NoAnswer(f"{message.to} answered {answer.status}")
        try:
            return parse_message(answer.body, [message.to], message.from_)
        except HttpError as error:
            raise NoAnswer(f"{message.to} gave a malformed answer: {error.message}") from None

    async def receive(self, message: RaftMessage) -> RaftMessage:
        """Takes in a message from another node, and gives the answer to it."""
        answer = await self._shell.receive(message) if self._shell else None
        if answer is not None:
            return answer
        kind = type(message.data).__name__
        raise HttpError(400, "bad_request", f'"{kind}" is an answer, and nothing was asked.')

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        base = {"id": self._config.node_id, "status": "ok", "uptimeMs": uptime_ms}
        if self._shell is None:
            return base
        node = self._shell.node
        return {
            **base,
            "role": node.state,
            "term": node.current_term,
            "leader": node.leader,
            "commitIndex": node.commit_index,
            "lastLogIndex": last_index(node.log),
        }

    def _routes(self, shell: Shell) -> list[Route]:
        node_id = self._config.node_id
        peers = list(self._config.peers)

        async def health(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, self.health())

        async def raft(request: HttpRequest) -> HttpAnswer:
            answer = await self.receive(parse_message(request.body, peers, node_id))
            return HttpAnswer(200, message_to_wire(answer))

        async def status(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, await self._status(shell))

        async def show_log(request: HttpRequest) -> HttpAnswer:
            start = max(0, _whole_number(request.query, "from", 1) - 1)
            limit = _whole_number(request.query, "limit", MAX_INTEGER)
            entries = shell.node.log[start : start + limit]
            # No answer shows what a crash could take back.
            await shell.sync()
            return HttpAnswer(200, [asdict(entry) for entry in entries])

        # @since 10
        # The node that forwards waits a little longer than the one that answers.
        patience_ms = self._settings.request_timeout_ms + self._settings.rpc_timeout_ms
        forwarder = Forwarder(self._config, self._trace, patience_ms)
        # @end
        return [
            Route("GET", "/health", health),
            Route("POST", "/raft", raft, MAX_RAFT_BYTES),
            Route("GET", "/status", status),
            Route("GET", "/log", show_log),
            # @since 9
            *command_routes(shell),
            # @end
            # @since 10
            *kv_routes(shell, forwarder),
            # @end
        ]

    async def _status(self, shell: Shell) -> dict[str, Any]:
        node = shell.node
        status = {
            "id": node.id,
            "state": node.state,
            "currentTerm": node.current_term,
            "votedFor": node.voted_for,
            "leader": node.leader,
            "commitIndex": node.commit_index,
            "lastApplied": node.last_applied,
            "lastLogIndex": last_index(node.log),
            "lastLogTerm": last_term(node.log),
        }
        await shell.sync()
        return status


def _whole_number(query: dict[str, str], name: str, fallback: int) -> int:
    """Reads a whole number from the query. Raises HttpError 400."""
    text = query.get(name)
    if text is None:
        return fallback
    if re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    raise HttpError(400, "bad_request", f'"{name}" must be a whole number, not "{text}".')
