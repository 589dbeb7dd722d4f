from chat.message import ChatMessage


class OrderingBuffer:
    """Puts the messages of a room in order: they may come twice, too early, or after others that should follow them."""

    def __init__(self, last: int = 0) -> None:
        """
        Args:
            last: The number of the last message that is there already.
        """
        self._last = last
        self._held: dict[int, ChatMessage] = {}

    @property
    def last(self) -> int:
        """The number of the last message that has come out."""
        return self._last

    @property
    def has_gap(self) -> bool:
        """Whether something waits for a message that has not come."""
        return len(self._held) > 0

    def accept(self, message: ChatMessage) -> list[ChatMessage]:
        """Takes in a message.

        Returns:
            What is due now, in order: nothing if it was there already, or if one before it is missing.
        """
        # TODO(session 7): what you have is dropped, what is too early is held. What comes at the right moment comes
        # out, and with it everything that waited for it.
        raise NotImplementedError("not implemented: ordering-buffer")
