import json
import sys
import traceback
from typing import Any

from chat.client_sockets import Listener
from chat.connection import HEARTBEAT_TIMEOUT, NO_USER_ID, SLOW_READER, Broadcast, Connection, Socket

from chat.counter import Counter
from chat.frames import ClientFrame, FrameError, is_name, parse_frame
from chat.heartbeat import on_ping, sweep
from chat.message import ChatMessage, Draft, Presence, message_to_wire, presence_to_wire
from chat.on_close import on_close
from chat.presence import PresenceBoard
from chat.publish import publish

from chat.rooms import Rooms

from chat.settings import ChatSettings

from shared.config import Config


class Clients:
    """The clients of this server: what they say is done here, and what they are to hear goes out here."""

    def __init__(self, config: Config, settings: ChatSettings) -> None:
        self.rooms = Rooms()
        self.presence = PresenceBoard(config, self.rooms, self._tell_presence)
        self._settings = settings
        self._connections: set[Connection] = set()
        self._counter = Counter(config)

    @property
    def count(self) -> int:
        return len(self._connections)

    def accept(self, user_id: str, socket: Socket) -> Listener | None:
        """Takes in a new client."""
        if not is_name(user_id):
            socket.close(NO_USER_ID, "say who you are: /ws?userId=...")
            return None
        connection = Connection(user_id, socket)
        self._connections.add(connection)
        return Listener(
            on_frame=lambda data, is_binary: self._on_frame(connection, data, is_binary),
            on_close=lambda: self._end(connection),
        )

    def tell(self, message: ChatMessage) -> None:
        """Tells everybody in the room of a message."""
        text = _to_text({"type": "message", "message": message_to_wire(message)})
        self._publish(message.room_id, Broadcast(text))

    def sweep(self) -> None:
        """Gives up clients that were silent for too long."""

        def give_up(silent: Connection) -> None:
            self._give_up(silent, HEARTBEAT_TIMEOUT, "no heartbeat")

        sweep(list(self._connections), self._settings.presence_timeout_ms, give_up)

    async def _on_frame(self, connection: Connection, data: bytes, is_binary: bool) -> None:
        frame: ClientFrame | None = None
        try:
            if is_binary:
                raise FrameError("bad_frame", "A frame is text, not binary.")
            parsed = parse_frame(data)
            frame = parsed
            if parsed.type == "ping":
                on_ping(connection)
            else:
                await connection.in_turn(lambda: self._receive(connection, parsed))
        except Exception as error:
            connection.send(_error_frame(error, frame))

    async def _receive(self, connection: Connection, frame: ClientFrame) -> None:
        # It may have been given up meanwhile.
        if connection not in self._connections:
            return
        room_id = frame.room_id or ""
        if frame.type == "join":
            await self._join(connection, room_id, frame.after)
            return
        if room_id not in connection.room_ids:
            raise FrameError("not_joined", f'You are not in the room "{room_id}".')
        if frame.type == "leave":
            self._leave(connection, room_id)
        else:
            draft = Draft(room_id, connection.user_id, frame.content, frame.client_message_id or "")
            await self._say(connection, draft)

    async def _join(self, connection: Connection, room_id: str, _after: int | None) -> None:
        self._enter(connection, room_id)
        # Nothing is kept: who comes late has missed it.
        connection.send(self._joined(room_id, self._counter.last(room_id), []))

    def _joined(self, room_id: str, sequence_number: int, messages: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "type": "joined",
            "roomId": room_id,
            "sequenceNumber": sequence_number,
            "messages": messages,
            "presence": [presence_to_wire(each) for each in self.presence.everybody_in(room_id)],
        }

    def _leave(self, connection: Connection, room_id: str) -> None:
        self._exit(connection, room_id)
        connection.send({"type": "left", "roomId": room_id})

    async def _say(self, connection: Connection, draft: Draft) -> None:
        message = self._counter.number(draft)
        self.tell(message)
        wire = message_to_wire(message)
        connection.send({"type": "ack", "clientMessageId": draft.client_message_id, "message": wire})

    def _enter(self, connection: Connection, room_id: str) -> None:
        if self.rooms.join(connection, room_id):
            self.presence.announce(connection.user_id, room_id)

    def _exit(self, connection: Connection, room_id: str) -> None:
        if self.rooms.leave(connection, room_id):
            self.presence.announce(connection.user_id, room_id)

    def _tell_presence(self, presence: Presence) -> None:
        text = _to_text({"type": "presence", **presence_to_wire(presence)})
        self._publish(presence.room_id, Broadcast(text))

    def _publish(self, room_id: str, broadcast: Broadcast) -> None:
        def give_up(slow: Connection) -> None:
            self._give_up(slow, SLOW_READER, "too much waits to be read")

        publish(self.rooms.members_of(room_id), broadcast, self._settings.max_buffer_bytes, give_up)

    def _give_up(self, connection: Connection, code: int, reason: str) -> None:
        connection.close(code, reason)
        self._end(connection)

    def _end(self, connection: Connection) -> None:
        """A connection is over: closed by its client, broken off, or given up."""
        if connection not in self._connections:
            return
        self._connections.discard(connection)
        try:
            on_close(
                connection,
                self.rooms,
                lambda user_id, room_id: self.presence.announce(user_id, room_id, connection.silent_ms()),
            )
        except Exception as error:
            # There is no client left to be told.
            traceback.print_exception(error, file=sys.stderr)


def _to_text(frame: dict[str, Any]) -> str:
    return json.dumps(frame, separators=(",", ":"))


def _error_frame(error: Exception, frame: ClientFrame | None) -> dict[str, Any]:
    """
    Args:
        frame: What the client has sent, if it could be read.
    """
    about = {}
    if frame is not None and frame.room_id is not None:
        about["roomId"] = frame.room_id
    if frame is not None and frame.client_message_id is not None:
        about["clientMessageId"] = frame.client_message_id
    if isinstance(error, FrameError):
        return {"type": "error", "code": error.code, "message": error.message, **about, **error.details}
    # A mistake in the server's own code.
    traceback.print_exception(error, file=sys.stderr)
    return {"type": "error", "code": "internal", "message": str(error), **about}
