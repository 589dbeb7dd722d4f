from dataclasses import dataclass

from chat.message import ChatMessage

# So many messages are shown to somebody who does not say what it has.
LATEST = 50


@dataclass(slots=True)
class Excerpt:
    """A part of a room's messages."""

    messages: list[ChatMessage]
    sequence_number: int
    """Of the room's last message: more than that of the last one here, if there are more to come."""


class RoomLog:
    """The messages of a room, in order, from the first one on."""

    def __init__(self) -> None:
        self._messages: list[ChatMessage] = []
        self._shown = 0

    @property
    def last_number(self) -> int:
        """The number of the last message, one that is not shown yet too. 0: there is none."""
        return len(self._messages)

    def append(self, message: ChatMessage) -> None:
        """Adds the message that comes next. It is not shown yet: a crash could take it back."""
        self._messages.append(message)

    def show(self, up_to: int) -> list[ChatMessage]:
        """From now on everything up to this number is shown. Returns what was not shown before."""
        before = self._shown
        self._shown = max(before, min(up_to, self.last_number))
        return self._messages[before : self._shown]

    def read(self, after: int | None = None, limit: int | None = None) -> Excerpt:
        """What follows a number, or the latest messages.

        Args:
            after: The number of the last message that the reader has; None: it has none and wants only the latest.
            limit: No more messages than this.
        """
        start = max(0, self._shown - LATEST) if after is None else after
        end = self._shown if limit is None else min(self._shown, start + limit)
        return Excerpt(self._messages[start:end], self._shown)
