import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any


class Storage:
    """A log file of JSON records, one a line.

    Appended records stay in this process until `sync` writes them and the disk confirms them. A SIGKILL therefore
    loses exactly what was not synced. (Bytes handed to the operating system would survive it, and a missing sync
    would show only when the power fails.)
    """

    def __init__(self, file: int) -> None:
        self._file = file
        self._unwritten = ""
        # Done when everything that was handed to it is on disk.
        self._last_write: asyncio.Task[None] | None = None
        # The write that will take `_unwritten` with it, if one has been planned.
        self._planned_write: asyncio.Task[None] | None = None

    @staticmethod
    def open(data_dir: str, name: str) -> tuple["Storage", list[Any]]:
        """Opens or creates a log and reads what is in it. A last record that is torn is cut off.

        Raises:
            ValueError: A record before the last one cannot be read.
        """
        directory = Path(data_dir)
        directory.mkdir(parents=True, exist_ok=True)
        file = os.open(directory / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        data = (directory / name).read_bytes()
        records, valid_bytes = read_records(data, name)
        if valid_bytes < len(data):
            torn = len(data) - valid_bytes
            print(f"{name}: cut off a torn record of {torn} bytes at the end", file=sys.stderr)
            os.truncate(file, valid_bytes)
        os.fsync(file)
        _sync_directory(directory)
        return Storage(file), records

    def append(self, record: Any) -> None:
        """Adds a record to the log. It is safe only after the next `sync` has returned."""
        self._unwritten += json.dumps(record, separators=(",", ":")) + "\n"

    async def sync(self) -> None:
        """Returns when everything appended so far is on disk. Callers that come while a write is running share
        the next one. After a failed write it raises for ever: what is on disk is then unknown.
        """
        if self._unwritten and self._planned_write is None:
            self._planned_write = asyncio.create_task(self._write(after=self._last_write))
            self._last_write = self._planned_write
        if self._last_write is not None:
            # The write is shared, so that a caller who gives up must not end it.
            await asyncio.shield(self._last_write)

    async def close(self) -> None:
        await self.sync()
        os.close(self._file)

    async def _write(self, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await after
        data = self._unwritten.encode()
        self._unwritten = ""
        self._planned_write = None
        await asyncio.to_thread(_write_and_sync, self._file, data)


def read_records(data: bytes, name: str) -> tuple[list[Any], int]:
    """Reads as many whole records as there are. Raises ValueError if one that is followed by others is broken."""
    records: list[Any] = []
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        if end == -1:
            break
        try:
            records.append(json.loads(data[start:end]))
        except ValueError:
            if end + 1 < len(data):
                raise ValueError(f"{name} is damaged at byte {start}") from None
            break
        start = end + 1
    return records, start


def _write_and_sync(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
    os.fdatasync(file)


def _sync_directory(path: Path) -> None:
    """A new file's name is on disk only after its directory has been synced."""
    directory = os.open(path, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)
