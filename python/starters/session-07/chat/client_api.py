import re

from typing import Any

from chat.clients import Clients

from chat.frames import FrameError, is_name
from chat.message import message_to_wire, presence_to_wire
from chat.topics import Topics

from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, Route

# With `after`, no more messages than this are answered at once.
MAX_LIMIT = 1000


def client_routes(clients: Clients) -> list[Route]:
    """What can be asked of the chat without a WebSocket."""

    async def upgrade(_: HttpRequest) -> HttpAnswer:
        raise HttpError(426, "upgrade_required", "This is where WebSockets begin: ws://.../ws?userId=...")

    async def rooms(_: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, _list_rooms(clients))

    async def presence(request: HttpRequest) -> HttpAnswer:
        everybody = clients.presence.everybody_in(_check_room_id(request.params["roomId"]))
        return HttpAnswer(200, [presence_to_wire(each) for each in everybody])

    async def messages(request: HttpRequest) -> HttpAnswer:
        after = _whole_number(request.query, "after")
        limit = _whole_number(request.query, "limit")
        bounded = MAX_LIMIT if limit is None else min(limit, MAX_LIMIT)
        room_id = _check_room_id(request.params["roomId"])
        return HttpAnswer(200, await _read_messages(clients.topics, room_id, after, bounded))

    return [
        Route("GET", "/ws", upgrade),
        Route("GET", "/rooms", rooms),
        Route("GET", "/rooms/:roomId/presence", presence),
        Route("GET", "/rooms/:roomId/messages", messages),
    ]


def _list_rooms(clients: Clients) -> list[dict[str, Any]]:
    """The rooms that this server knows of."""
    topics = clients.topics
    known = topics.rooms()
    return [
        {
            "roomId": room_id,
            "users": len(clients.presence.everybody_in(room_id)),
            "sequenceNumber": known.get(room_id, 0),
            "sequencer": topics.sequencer_of(room_id),
        }
        for room_id in sorted({*known, *clients.rooms.room_ids})
    ]


async def _read_messages(topics: Topics, room_id: str, after: int | None, limit: int) -> list[Any]:
    try:
        excerpt = await topics.read(room_id, after, limit)
        return [message_to_wire(message) for message in excerpt.messages]
    except FrameError as error:
        raise HttpError(503, error.code, error.message, error.details) from None


def _whole_number(query: dict[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    raise HttpError(400, "bad_request", f'"{name}" must be a whole number, not "{text}".')


def _check_room_id(room_id: str) -> str:
    if is_name(room_id):
        return room_id
    raise HttpError(400, "bad_request", "The name of a room has at most 128 bytes.")
