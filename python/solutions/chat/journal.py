from dataclasses import dataclass

from chat.message import ChatMessage, message_from_wire, message_to_wire
from shared.storage import Storage

FILE = "chat.log"


@dataclass(slots=True)
class JournalRecord:
    """One line of the journal: a message, and by which id its sender knows it."""

    message: ChatMessage
    client_message_id: str


class Journal:
    """What a server has numbered, on disk."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @staticmethod
    def open(data_dir: str) -> tuple["Journal", list[JournalRecord]]:
        """Opens the journal and reads what is in it."""
        storage, records = Storage.open(data_dir, FILE)
        known = [
            JournalRecord(message_from_wire(each["message"]), each["clientMessageId"]) for each in records
        ]
        return Journal(storage), known

    def append(self, record: JournalRecord) -> None:
        """Notes a message. It is safe only after `sync`."""
        message = message_to_wire(record.message)
        self._storage.append({"message": message, "clientMessageId": record.client_message_id})

    async def sync(self) -> None:
        """Returns when everything noted so far is on disk."""
        await self._storage.sync()

    async def close(self) -> None:
        await self._storage.close()
