import uuid
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(slots=True)
class ChatMessage:
    """What somebody said in a room."""

    id: str
    room_id: str
    user_id: str
    content: str
    timestamp: int
    """Epoch ms, by the clock of the server that numbered it: for people, never for the order."""
    sequence_number: int
    """In its room from 1 on, without a gap: the order that everybody sees."""


@dataclass(slots=True)
class Draft:
    """What a client wants to say. Said twice with the same `client_message_id` by the same user, it is one message."""

    room_id: str
    user_id: str
    content: str
    client_message_id: str


@dataclass(slots=True)
class Presence:
    """Whether somebody is in a room."""

    user_id: str
    room_id: str
    status: Literal["online", "offline"]
    last_seen: int
    """Epoch ms: the last heartbeat."""


def new_message(draft: Draft, sequence_number: int, timestamp: int) -> ChatMessage:
    """Makes a message of a draft.

    Args:
        timestamp: Epoch ms.
    """
    return ChatMessage(
        id=str(uuid.uuid4()),
        room_id=draft.room_id,
        user_id=draft.user_id,
        content=draft.content,
        timestamp=timestamp,
        sequence_number=sequence_number,
    )


def message_to_wire(message: ChatMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "roomId": message.room_id,
        "userId": message.user_id,
        "content": message.content,
        "timestamp": message.timestamp,
        "sequenceNumber": message.sequence_number,
    }


def presence_to_wire(presence: Presence) -> dict[str, Any]:
    return {
        "userId": presence.user_id,
        "roomId": presence.room_id,
        "status": presence.status,
        "lastSeen": presence.last_seen,
    }


# @since 7
def message_from_wire(fields: dict[str, Any]) -> ChatMessage:
    """Reads a message that this server or another one has written. Raises KeyError if it is none."""
    return ChatMessage(
        id=fields["id"],
        room_id=fields["roomId"],
        user_id=fields["userId"],
        content=fields["content"],
        timestamp=fields["timestamp"],
        sequence_number=fields["sequenceNumber"],
    )


def draft_to_wire(draft: Draft) -> dict[str, Any]:
    return {
        "roomId": draft.room_id,
        "userId": draft.user_id,
        "content": draft.content,
        "clientMessageId": draft.client_message_id,
    }


# @end
