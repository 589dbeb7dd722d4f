from chat.journal import Journal, JournalRecord
from chat.message import ChatMessage, Draft
from chat.room_log import RoomLog


class NumberedRoom:
    """A room at the server that numbers its messages."""

    def __init__(self, journal: Journal) -> None:
        self.log = RoomLog()
        self._journal = journal
        # By sender and the sender's id for it.
        self._known: dict[tuple[str, str], ChatMessage] = {}

    def remember(self, record: JournalRecord) -> None:
        """Takes in what the journal says. It is on disk."""
        self._add(record.message, record.client_message_id)
        self.log.show(record.message.sequence_number)

    @property
    def last_number(self) -> int:
        """The number of the last message, 0 before the first one."""
        return self.log.last_number

    def find(self, draft: Draft) -> ChatMessage | None:
        """The message that this draft has become before, if it has."""
        return self._known.get((draft.user_id, draft.client_message_id))

    def append(self, message: ChatMessage, client_message_id: str) -> None:
        """Adds the next message to the room and to the journal. It is safe only after `sync`."""
        self._add(message, client_message_id)
        self._journal.append(JournalRecord(message, client_message_id))

    async def sync(self) -> None:
        """Returns when everything appended so far is on disk."""
        await self._journal.sync()

    def _add(self, message: ChatMessage, client_message_id: str) -> None:
        self._known[message.user_id, client_message_id] = message
        self.log.append(message)
