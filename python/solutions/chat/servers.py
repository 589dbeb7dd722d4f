import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from chat.message import (
    ChatMessage,
    Draft,
    Presence,
    draft_to_wire,
    message_from_wire,
    message_to_wire,
    presence_to_wire,
)
from chat.room_log import Excerpt
from shared.config import Config
from shared.rpc_client import NoAnswer, RpcClient
from shared.trace import Trace

# Work that nobody waits for. A task that nobody holds may vanish before it is done.
_background: set[asyncio.Task[None]] = set()


def in_background(work: Coroutine[Any, Any, None]) -> None:
    """Starts work that nobody waits for. If it fails, the event loop says so."""
    task = asyncio.create_task(work)
    _background.add(task)
    task.add_done_callback(_background.discard)


class Servers:
    """The other servers: what one asks another for. Each method raises NoAnswer if the other is silent or refuses."""

    def __init__(self, config: Config, trace: Trace, timeout_ms: float) -> None:
        """
        Args:
            timeout_ms: How long a server may take to answer.
        """
        self.names: Sequence[str] = list(config.peers)
        self._node_id = config.node_id
        self._client = RpcClient(config, trace)
        self._timeout_ms = timeout_ms

    async def publish(self, to: str, draft: Draft) -> ChatMessage:
        """Has a message numbered. After NoAnswer it may have been numbered all the same."""
        answer = await self._call(to, "/_publish", draft_to_wire(draft))
        return message_from_wire(answer["message"])

    async def subscribe(self, to: str, room_id: str, after: int) -> Excerpt:
        """Asks for what follows a message in a room, and for everything that is said there from now on."""
        body = {"roomId": room_id, "server": self._node_id, "after": after}
        answer = await self._call(to, "/_subscribe", body)
        return Excerpt([message_from_wire(each) for each in answer["messages"]], answer["sequenceNumber"])

    async def deliver(self, to: str, messages: Sequence[ChatMessage]) -> None:
        """Hands over messages of one room, in order."""
        await self._call(to, "/_deliver", {"messages": [message_to_wire(each) for each in messages]})

    async def tell_presence(self, to: str, version: int, presence: Sequence[Presence]) -> None:
        """Says who is in which room here.

        Args:
            version: Grows: an older word must not overtake a newer one.
        """
        present = [presence_to_wire(each) for each in presence]
        await self._call(to, "/_presence", {"server": self._node_id, "version": version, "presence": present})

    async def _call(self, to: str, path: str, body: Any) -> Any:
        answer = await self._client.post(to, path, body, self._timeout_ms)
        if answer.status == 200:
            return answer.body
        raise NoAnswer(f"{to} answered {answer.status}: {answer.body}")
