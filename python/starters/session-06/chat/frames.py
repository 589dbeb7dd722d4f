from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from shared.http_error import HttpError
from shared.json_body import MAX_INTEGER, parse_json


@dataclass(slots=True)
class ClientFrame:
    """What a client may send."""

    type: Literal["join", "leave", "message", "ping"]
    room_id: str | None = None
    """Of every frame but `ping`."""
    after: int | None = None
    """Of `join`."""
    content: str = ""
    """Of `message`."""
    client_message_id: str | None = None
    """Of `message`."""


class FrameError(Exception):
    """A frame that cannot be carried out. The client is told with an `error` frame; its connection stays open."""

    def __init__(self, code: str, message: str, details: dict[str, Any] | None = None) -> None:
        """
        Args:
            details: Further fields of the `error` frame.
        """
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or {}


# A name is at most this long, in bytes of UTF-8.
MAX_NAME_BYTES = 128


def parse_frame(data: bytes) -> ClientFrame:
    """Reads a text frame. Raises FrameError `bad_frame`, `unknown_type` or `bad_room`."""
    frame = _object_in(data)
    match frame.get("type"):
        case "join":
            return ClientFrame("join", _room_in(frame), after=_after_in(frame))
        case "leave":
            return ClientFrame("leave", _room_in(frame))
        case "message":
            return ClientFrame(
                "message",
                _room_in(frame),
                content=_text_in(frame, "content"),
                client_message_id=_text_in(frame, "clientMessageId"),
            )
        case "ping":
            return ClientFrame("ping")
        case _:
            raise FrameError("unknown_type", 'The "type" of a frame is join, leave, message or ping.')


def is_name(value: Any) -> TypeGuard[str]:
    """Whether it can be the name of a user or of a room: a string with something in it, not too long."""
    if not isinstance(value, str) or value == "":
        return False
    try:
        return len(value.encode()) <= MAX_NAME_BYTES
    except UnicodeEncodeError:
        # Half of a surrogate pair is no character: languages write it differently.
        return False


def _object_in(data: bytes) -> dict[str, Any]:
    try:
        frame = parse_json(data)
    except HttpError as error:
        raise FrameError("bad_frame", error.message.replace("body", "frame")) from None
    if not isinstance(frame, dict):
        raise FrameError("bad_frame", "A frame is a JSON object.")
    return frame


def _room_in(frame: dict[str, Any]) -> str:
    room_id = frame.get("roomId")
    if is_name(room_id):
        return room_id
    raise FrameError("bad_room", f'"roomId" must be a string of 1 to {MAX_NAME_BYTES} bytes.')


def _text_in(frame: dict[str, Any], name: str) -> str:
    text = frame.get(name)
    if isinstance(text, str) and text != "":
        return text
    raise FrameError("bad_frame", f'"{name}" must be a string that is not empty.')


def _after_in(frame: dict[str, Any]) -> int | None:
    after = frame.get("after")
    if after is None:
        return None
    is_number = isinstance(after, int | float) and not isinstance(after, bool)
    if is_number and after == int(after) and 0 <= after <= MAX_INTEGER:
        return int(after)
    raise FrameError("bad_frame", '"after" must be a sequence number, or 0.')
