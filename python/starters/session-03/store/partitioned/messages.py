from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Message:
    """What one node of the store asks of another: `POST /_replica/<type>` with the data as its body."""

    type: str
    data: dict[str, Any]


# Sends a message and waits for the reply, for so many ms. A message to this node itself is received at once.
# Raises NoAnswer if no reply came in time, or the other node refused.
Send = Callable[[str, Message, float], Awaitable[Any]]


@dataclass(slots=True)
class Network:
    """A node's place among the others."""

    node_id: str
    peers: Sequence[str]
    """The other nodes."""
    send: Send


# Does what a message asks for. Raises HttpError if it is malformed or cannot be done now.
Receive = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
