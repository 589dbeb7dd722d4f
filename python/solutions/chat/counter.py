from chat.message import ChatMessage, Draft, new_message
from shared.config import Config, wall_clock


class Counter:
    """Numbers the messages of each room from 1 on, as long as this process lives."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._last: dict[str, int] = {}

    def last(self, room_id: str) -> int:
        """The number of the room's last message, 0 before the first one."""
        return self._last.get(room_id, 0)

    def number(self, draft: Draft) -> ChatMessage:
        """Makes the room's next message."""
        number = self.last(draft.room_id) + 1
        self._last[draft.room_id] = number
        return new_message(draft, number, wall_clock(self._config))
