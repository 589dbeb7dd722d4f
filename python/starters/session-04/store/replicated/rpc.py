from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.config import Config
from shared.http_error import HttpError
from shared.json_body import any_field, object_body, string_field
from shared.rpc_client import NoAnswer, RpcClient
from store.replicated.entry import whole_number

Fields = dict[str, Any]


@dataclass(slots=True)
class RpcMessage:
    """What one node says to another: `POST /_rpc`. The answer has the same form, and its type ends in `Response`."""

    type: str
    term: int
    """The sender's term."""
    from_: str
    to: str
    data: Fields


class Peers:
    """The other nodes."""

    def __init__(
        self, config: Config, client: RpcClient, timeout_ms: float, see_term: Callable[[int], None]
    ) -> None:
        """
        Args:
            timeout_ms: How long a node may take to answer.
            see_term: Told of the term in every answer.
        """
        self.names = list(config.peers)
        # How many nodes are more than half of all: of three, two.
        self.majority = (len(self.names) + 1) // 2 + 1
        self._node_id = config.node_id
        self._client = client
        self._timeout_ms = timeout_ms
        self._see_term = see_term

    async def call(self, to: str, type: str, term: int, data: Fields) -> Fields:
        """Asks another node and waits for its answer.

        Args:
            term: Of this node, when it decided to ask.

        Raises:
            NoAnswer: None came in time, or the other node refused to read the message.
        """
        message = rpc_to_wire(RpcMessage(type, term, self._node_id, to, data))
        answer = await self._client.post(to, "/_rpc", message, self._timeout_ms)
        if answer.status != 200:
            raise NoAnswer(f"{to} answered {answer.status}")
        try:
            reply = parse_rpc(answer.body, [to], self._node_id)
        except HttpError as error:
            raise NoAnswer(f"{to} gave a malformed answer: {error.message}") from None
        self._see_term(reply.term)
        return reply.data


def parse_rpc(body: Any, from_: Sequence[str], to: str) -> RpcMessage:
    """Reads a message that must come from one of these nodes, and be for `to`. Raises HttpError 400."""
    fields = object_body(body)
    message = RpcMessage(
        type=string_field(fields, "type"),
        term=whole_number(fields, "term"),
        from_=string_field(fields, "from"),
        to=string_field(fields, "to"),
        data=object_body(any_field(fields, "data")),
    )
    if message.to != to:
        raise HttpError(400, "wrong_node", f'This message is for "{message.to}", and this is {to}.')
    if message.from_ not in from_:
        raise HttpError(400, "bad_request", f'"from" is "{message.from_}", which is not in PEERS.')
    return message


def rpc_to_wire(message: RpcMessage) -> Fields:
    """As JSON: there the sender is `from`, a word that Python keeps for itself."""
    return {
        "type": message.type,
        "term": message.term,
        "from": message.from_,
        "to": message.to,
        "data": message.data,
    }
