from collections.abc import Awaitable, Callable
from typing import Any

from chat.frames import is_name
from chat.message import ChatMessage, Draft, Presence, message_to_wire
from chat.presence import PresenceBoard
from chat.topics import Topics
from shared.config import Config
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, Route
from shared.json_body import any_field, number_field, object_body, string_field

# Between servers many messages travel together.
MAX_BODY_BYTES = 64 * 1024 * 1024


def server_routes(config: Config, topics: Topics, presence: PresenceBoard) -> list[Route]:
    """What the servers ask each other for."""

    async def publish(body: dict[str, Any]) -> Any:
        draft = _parse_draft(body)
        topics.check_numbered(draft.room_id)
        return {"message": message_to_wire(await topics.on_publish(draft))}

    async def subscribe(body: dict[str, Any]) -> Any:
        room_id = _name_field(body, "roomId")
        server = _peer_field(body, config)
        topics.check_numbered(room_id)
        excerpt = topics.on_subscribe(room_id, server, _whole_field(body, "after"))
        messages = [message_to_wire(message) for message in excerpt.messages]
        return {"messages": messages, "sequenceNumber": excerpt.sequence_number}

    async def deliver(body: dict[str, Any]) -> Any:
        messages = [_parse_message(value) for value in _list_field(body, "messages")]
        if topics.on_deliver(messages):
            return {}
        raise HttpError(404, "not_subscribed", "Nobody here is in this room any more.")

    async def tell_presence(body: dict[str, Any]) -> Any:
        present = [_parse_presence(value) for value in _list_field(body, "presence")]
        presence.on_presence(_peer_field(body, config), _whole_field(body, "version"), present)
        return {}

    return [
        _post("/_publish", publish),
        _post("/_subscribe", subscribe),
        _post("/_deliver", deliver),
        _post("/_presence", tell_presence),
    ]


def _post(path: str, answer: Callable[[dict[str, Any]], Awaitable[Any]]) -> Route:
    async def handle(request: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, await answer(object_body(request.body)))

    return Route("POST", path, handle, MAX_BODY_BYTES)


def _parse_draft(body: dict[str, Any]) -> Draft:
    return Draft(
        room_id=_name_field(body, "roomId"),
        user_id=_name_field(body, "userId"),
        content=string_field(body, "content"),
        client_message_id=string_field(body, "clientMessageId"),
    )


def _parse_message(value: Any) -> ChatMessage:
    body = object_body(value)
    message = ChatMessage(
        id=string_field(body, "id"),
        room_id=_name_field(body, "roomId"),
        user_id=_name_field(body, "userId"),
        content=string_field(body, "content"),
        timestamp=_whole_field(body, "timestamp"),
        sequence_number=_whole_field(body, "sequenceNumber"),
    )
    if message.sequence_number > 0:
        return message
    raise HttpError(400, "bad_request", '"sequenceNumber" begins at 1.')


def _parse_presence(value: Any) -> Presence:
    body = object_body(value)
    return Presence(
        user_id=_name_field(body, "userId"),
        room_id=_name_field(body, "roomId"),
        status="online",
        last_seen=_whole_field(body, "lastSeen"),
    )


def _name_field(body: dict[str, Any], name: str) -> str:
    value = any_field(body, name)
    if is_name(value):
        return value
    raise HttpError(400, "bad_request", f'"{name}" must be a name.')


def _peer_field(body: dict[str, Any], config: Config) -> str:
    server = string_field(body, "server")
    if server in config.peers:
        return server
    raise HttpError(400, "bad_request", f'"server" is "{server}", which is not in PEERS.')


def _whole_field(body: dict[str, Any], name: str) -> int:
    value = number_field(body, name)
    if value == int(value):
        return int(value)
    raise HttpError(400, "bad_request", f'"{name}" must be a whole number.')


def _list_field(body: dict[str, Any], name: str) -> list[Any]:
    value = any_field(body, name)
    if isinstance(value, list):
        return value
    raise HttpError(400, "bad_request", f'"{name}" must be a list.')
