from dataclasses import dataclass
from typing import Any

from shared.json_body import any_field, number_field, object_body, string_field


@dataclass(slots=True)
class Message:
    """The envelope that travels between nodes. All copies of one message have the same id."""

    id: str
    type: str
    from_: str
    to: str
    data: Any


@dataclass(slots=True)
class SendRequest:
    """What a client asks a node to send."""

    to: str
    type: str
    data: Any
    deadline_ms: float


@dataclass(slots=True)
class Handled:
    """A message that a node has handled."""

    id: str
    type: str
    from_: str
    data: Any
    received_at: int
    """Epoch ms."""


DEFAULT_DEADLINE_MS = 5000


def parse_message(body: Any) -> Message:
    """Reads the body of `POST /message`. Raises HttpError 400."""
    fields = object_body(body)
    return Message(
        id=string_field(fields, "id"),
        type=string_field(fields, "type"),
        from_=string_field(fields, "from"),
        to=string_field(fields, "to"),
        data=any_field(fields, "data"),
    )


def parse_send_request(body: Any) -> SendRequest:
    """Reads the body of `POST /send`. Raises HttpError 400."""
    fields = object_body(body)
    return SendRequest(
        to=string_field(fields, "to"),
        type=string_field(fields, "type"),
        data=any_field(fields, "data"),
        deadline_ms=number_field(fields, "deadlineMs", fallback=DEFAULT_DEADLINE_MS, least=1),
    )


def message_to_wire(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "type": message.type,
        "from": message.from_,
        "to": message.to,
        "data": message.data,
    }


def handled_to_wire(handled: Handled) -> dict[str, Any]:
    return {
        "id": handled.id,
        "type": handled.type,
        "from": handled.from_,
        "data": handled.data,
        "receivedAt": handled.received_at,
    }
