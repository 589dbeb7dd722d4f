from dataclasses import dataclass
from typing import Any

from shared.http_error import HttpError
from shared.json_body import any_field, number_field, object_body, string_field


@dataclass(slots=True)
class Change:
    """What a write does to a key."""

    value: Any
    """None if the key is deleted."""
    deleted: bool


@dataclass(slots=True)
class Entry:
    """A key and what was written to it last. A deleted key stays as an entry: an owner that was away must hear of the
    deletion, and the next write needs a higher version.
    """

    key: str
    value: Any
    """None if the key was deleted."""
    deleted: bool
    version: int
    """Grows with each write of the key."""
    timestamp: int
    """When it was written, in epoch ms, by the clock of the node that took the write."""
    writer: str
    """The node that took the write."""
    seen: dict[str, int]
    """What the writer knew: the highest version by each node, this one included."""


def stamp_of(entry: Entry) -> str:
    """Tells versions of a key apart without their values: equal stamps, equal entries."""
    return f"{entry.version} {entry.timestamp} {entry.writer}"


def parse_entry(body: Any) -> Entry:
    """Reads an entry that another node sent. Raises HttpError 400."""
    fields = object_body(body)
    deleted = any_field(fields, "deleted")
    if not isinstance(deleted, bool):
        raise HttpError(400, "bad_request", '"deleted" must be true or false.')
    seen = object_body(any_field(fields, "seen"))
    return Entry(
        key=string_field(fields, "key"),
        value=any_field(fields, "value"),
        deleted=deleted,
        version=_integer(fields, "version"),
        timestamp=_integer(fields, "timestamp"),
        writer=string_field(fields, "writer"),
        seen={node: _integer(seen, node) for node in seen},
    )


def _integer(fields: dict[str, Any], name: str) -> int:
    value = number_field(fields, name, least=-(2**53) + 1)
    if value == int(value):
        return int(value)
    raise HttpError(400, "bad_request", f'"{name}" must be a whole number.')
