import asyncio
import time
import uuid
from collections import deque
from typing import Any

from messaging.inbox import Inbox
from messaging.messages import (
    Handled,
    Message,
    SendRequest,
    handled_to_wire,
    message_to_wire,
    parse_message,
    parse_send_request,
)
from messaging.retry import DeadlinePassed, Timing, send_with_retry
from shared.config import Config, wall_clock
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, HttpServer, Route
from shared.json_body import number_field, object_body
from shared.rpc_client import NoAnswer, RpcClient
from shared.trace import Trace

# `GET /inbox` shows this many messages at most.
INBOX_SIZE = 10_000


class MessageNode:
    """One of the nodes that send each other messages."""

    def __init__(self, config: Config, timing: Timing) -> None:
        self._config = config
        self._timing = timing
        self._trace = Trace(config.node_id)
        self._server = HttpServer(config, self._trace, self._routes())
        self._client = RpcClient(config, self._trace)
        self._inbox = Inbox(self._handle)
        self._handled: deque[Handled] = deque(maxlen=INBOX_SIZE)
        self._started_at = time.monotonic()
        self._counter: float = 0

    async def start(self) -> None:
        await self._server.start()
        self._trace.event("state", {"status": "started"})

    async def stop(self) -> None:
        await self._server.stop()

    async def send(self, to: str, request: SendRequest) -> dict[str, Any]:
        """Sends a new message to a peer. Raises HttpError 404 `unknown_peer`, 504 `timeout`, or the peer's refusal."""
        if to not in self._config.peers:
            raise HttpError(404, "unknown_peer", f'{self._config.node_id} has no peer "{to}".')
        message = Message(str(uuid.uuid4()), request.type, self._config.node_id, to, request.data)
        try:
            reply, attempts = await send_with_retry(message, self._attempt, self._timing, request.deadline_ms)
        except DeadlinePassed as error:
            details = {"id": message.id, "attempts": error.attempts}
            raise HttpError(504, "timeout", str(error), details) from None
        return {"id": message.id, "reply": reply, "attempts": attempts}

    async def receive(self, message: Message) -> Any:
        """Takes in a message from a peer and returns the reply. Raises HttpError 400 `wrong_node`, `unknown_type`."""
        if message.to != self._config.node_id:
            text = f"This is {self._config.node_id}; the message is for {message.to}."
            raise HttpError(400, "wrong_node", text)
        return await self._inbox.receive(message)

    def health(self) -> dict[str, Any]:
        uptime_ms = round((time.monotonic() - self._started_at) * 1000)
        return {"id": self._config.node_id, "status": "ok", "role": "node", "uptimeMs": uptime_ms}

    async def _attempt(self, message: Message, timeout_ms: float) -> Any:
        """One attempt to send. A refusal by the peer is final; silence or a failure of the peer is NoAnswer."""
        answer = await self._client.post(message.to, "/message", message_to_wire(message), timeout_ms)
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status == 200:
            return body.get("reply")
        if answer.status >= 500:
            raise NoAnswer(f"{message.to} answered {answer.status}")
        refusal = body.get("message", f"{message.to} refused the message.")
        raise HttpError(answer.status, body.get("error", "refused"), refusal)

    async def _handle(self, message: Message) -> Any:
        match message.type:
            case "echo":
                self._record(message)
                return message.data
            case "add":
                n = number_field(object_body(message.data), "n", least=-(2**53) + 1)
                self._record(message)
                self._counter += n
                return {"counter": self._counter}
            case "slow":
                ms = number_field(object_body(message.data), "ms")
                self._record(message)
                await asyncio.sleep(ms / 1000)
                return {"ms": ms}
            case _:
                raise HttpError(400, "unknown_type", f'No message has the type "{message.type}".')

    def _record(self, message: Message) -> None:
        received_at = wall_clock(self._config)
        self._handled.append(Handled(message.id, message.type, message.from_, message.data, received_at))
        fields = {"id": message.id, "type": message.type, "from": message.from_, "to": message.to}
        self._trace.event("apply", {"msg": fields})

    def _routes(self) -> list[Route]:
        async def health(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, self.health())

        async def inbox(_: HttpRequest) -> HttpAnswer:
            return HttpAnswer(200, [handled_to_wire(handled) for handled in self._handled])

        async def message(request: HttpRequest) -> HttpAnswer:
            message = parse_message(request.body)
            reply = await self.receive(message)
            return HttpAnswer(200, {"id": message.id, "from": self._config.node_id, "reply": reply})

        async def send(request: HttpRequest) -> HttpAnswer:
            wanted = parse_send_request(request.body)
            return HttpAnswer(200, await self.send(wanted.to, wanted))

        return [
            Route("GET", "/health", health),
            Route("GET", "/inbox", inbox),
            Route("POST", "/message", message),
            Route("POST", "/send", send),
        ]
