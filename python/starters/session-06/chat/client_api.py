from typing import Any

from chat.clients import Clients

from chat.frames import is_name
from chat.message import presence_to_wire
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, Route


def client_routes(clients: Clients) -> list[Route]:
    """What can be asked of the chat without a WebSocket."""

    async def upgrade(_: HttpRequest) -> HttpAnswer:
        raise HttpError(426, "upgrade_required", "This is where WebSockets begin: ws://.../ws?userId=...")

    async def rooms(_: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, _list_rooms(clients))

    async def presence(request: HttpRequest) -> HttpAnswer:
        everybody = clients.presence.everybody_in(_check_room_id(request.params["roomId"]))
        return HttpAnswer(200, [presence_to_wire(each) for each in everybody])

    return [
        Route("GET", "/ws", upgrade),
        Route("GET", "/rooms", rooms),
        Route("GET", "/rooms/:roomId/presence", presence),
    ]


def _list_rooms(clients: Clients) -> list[dict[str, Any]]:
    """The rooms with somebody in them."""
    return [
        {"roomId": room_id, "users": len(clients.presence.everybody_in(room_id))}
        for room_id in sorted(clients.rooms.room_ids)
    ]


def _check_room_id(room_id: str) -> str:
    if is_name(room_id):
        return room_id
    raise HttpError(400, "bad_request", "The name of a room has at most 128 bytes.")
