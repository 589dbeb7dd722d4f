import asyncio
from collections.abc import Awaitable, Sequence
from typing import Protocol, TypeVar

from chat.frames import FrameError
from chat.journal import Journal, JournalRecord
from chat.message import ChatMessage, Draft
from chat.numbered_room import NumberedRoom
from chat.ring import build_ring, sequencer_of
from chat.room_copy import RoomCopy
from chat.room_log import Excerpt
from chat.sequence import sequence
from chat.servers import Servers
from chat.subscriber import BATCH, Subscriber
from shared.config import Config, wall_clock
from shared.http_error import HttpError
from shared.rpc_client import NoAnswer

_Answer = TypeVar("_Answer")

# When a client may try again.
RETRY_AFTER_MS = 1000


class Audience(Protocol):
    """What a server's own clients are to a topic."""

    # Whether somebody is in the room.
    def is_in(self, room_id: str) -> bool: ...

    # Tells everybody in the room.
    def tell(self, message: ChatMessage) -> None: ...


class Topics:
    """The rooms as topics: whoever publishes does not know who has subscribed, nor at which server."""

    def __init__(
        self,
        config: Config,
        journal: Journal,
        records: Sequence[JournalRecord],
        servers: Servers,
        audience: Audience,
    ) -> None:
        """
        Args:
            records: What the journal says.
        """
        self._config = config
        self._journal = journal
        self._servers = servers
        self._audience = audience
        self._ring = build_ring([config.node_id, *servers.names])
        self._numbered: dict[str, NumberedRoom] = {}
        self._copies: dict[str, RoomCopy] = {}
        # By room, then by server.
        self._subscribers: dict[str, dict[str, Subscriber]] = {}
        for record in records:
            self._numbered_room(record.message.room_id).remember(record)

    def sequencer_of(self, room_id: str) -> str:
        """The server that numbers the room's messages."""
        return sequencer_of(self._ring, room_id)

    def rooms(self) -> dict[str, int]:
        """The rooms that this server knows of: id to number of the last message here."""
        known: list[tuple[str, NumberedRoom | RoomCopy]] = [*self._numbered.items(), *self._copies.items()]
        return {room_id: room.log.read().sequence_number for room_id, room in known}

    async def publish(self, draft: Draft) -> ChatMessage:
        """Says something in a room. Raises FrameError `room_unavailable`: it may have been said, or not."""
        sequencer = self.sequencer_of(draft.room_id)
        if sequencer == self._config.node_id:
            return await self.on_publish(draft)
        return await _or_unavailable(self._servers.publish(sequencer, draft))

    async def on_publish(self, draft: Draft) -> ChatMessage:
        """`POST /_publish`, and what this server's own clients say: here the room's messages are numbered."""
        room = self._numbered_room(draft.room_id)
        message = await sequence(room, draft, wall_clock(self._config))
        for shown in room.log.show(message.sequence_number):
            self._audience.tell(shown)
        for subscriber in self._subscribers_of(draft.room_id).values():
            subscriber.push()
        return message

    async def read(self, room_id: str, after: int | None = None, limit: int | None = None) -> Excerpt:
        """What was said in a room, up to now.

        Args:
            after: The number of the last message that the reader has; None: only the latest.

        Raises:
            FrameError: `room_unavailable` if the room's sequencer cannot be reached.
        """
        if self.sequencer_of(room_id) == self._config.node_id:
            room = self._numbered.get(room_id)
            return room.log.read(after, limit) if room else Excerpt([], 0)
        copy = self._copy(room_id)
        await _or_unavailable(copy.refresh())
        return copy.log.read(after, limit)

    def on_subscribe(self, room_id: str, server: str, after: int) -> Excerpt:
        """`POST /_subscribe`: another server wants what follows a message, and what comes from now on."""
        log = self._numbered_room(room_id).log
        excerpt = log.read(after, BATCH)
        subscribers = self._subscribers_of(room_id)
        if server in subscribers:
            subscribers[server].end()
        subscribers[server] = Subscriber(server, log, after + len(excerpt.messages), self._servers)
        return excerpt

    def on_deliver(self, messages: Sequence[ChatMessage]) -> bool:
        """`POST /_deliver`. Returns whether anybody here is in the rooms: if not, nothing more is wanted."""
        by_room: dict[str, list[ChatMessage]] = {}
        for message in messages:
            by_room.setdefault(message.room_id, []).append(message)
        for room_id, of_room in by_room.items():
            if room_id in self._copies:
                self._copies[room_id].on_deliver(of_room)
        return all(self._audience.is_in(room_id) for room_id in by_room)

    async def renew(self) -> None:
        """Subscribes again to what is wanted here: the sequencer may have restarted, or have given us up."""
        wanted = [copy for room_id, copy in self._copies.items() if self._audience.is_in(room_id)]
        results = await asyncio.gather(*(copy.refresh() for copy in wanted), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, NoAnswer):
                raise result

    def check_numbered(self, room_id: str) -> None:
        """Checks that this server numbers the room. Raises HttpError 400 `wrong_node`."""
        sequencer = self.sequencer_of(room_id)
        if sequencer != self._config.node_id:
            message = f'The messages of "{room_id}" are numbered by {sequencer}.'
            raise HttpError(400, "wrong_node", message)

    def _numbered_room(self, room_id: str) -> NumberedRoom:
        return self._numbered.setdefault(room_id, NumberedRoom(self._journal))

    def _copy(self, room_id: str) -> RoomCopy:
        if room_id not in self._copies:
            sequencer = self.sequencer_of(room_id)
            self._copies[room_id] = RoomCopy(room_id, sequencer, self._servers, self._audience.tell)
        return self._copies[room_id]

    def _subscribers_of(self, room_id: str) -> dict[str, Subscriber]:
        """Those that are still there."""
        subscribers = self._subscribers.setdefault(room_id, {})
        for server in [name for name, subscriber in subscribers.items() if subscriber.ended]:
            del subscribers[server]
        return subscribers


async def _or_unavailable(asked: Awaitable[_Answer]) -> _Answer:
    try:
        return await asked
    except NoAnswer as error:
        message = f"The server that numbers this room cannot be reached: {error}."
        raise FrameError("room_unavailable", message, {"retryAfterMs": RETRY_AFTER_MS}) from None
