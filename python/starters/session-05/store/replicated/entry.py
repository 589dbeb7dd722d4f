from dataclasses import dataclass
from typing import Any

from shared.http_error import HttpError
from shared.json_body import MAX_INTEGER, any_field, object_body


@dataclass(slots=True)
class Change:
    """What a write does to a key."""

    value: Any
    """None if the key is deleted."""
    deleted: bool


@dataclass(slots=True)
class ReplicationLogEntry:
    """One line of the replication log. The leader writes it; every node applies it, in the order of the indexes."""

    index: int
    """From 1, without gaps."""
    term: int
    """The term of the leader that wrote it."""
    key: str | None
    """None if the entry changes nothing: the first one of each leader."""
    value: Any
    deleted: bool


def parse_entries(body: Any) -> list[ReplicationLogEntry]:
    """Reads entries that another node sent: each must follow the one before. Raises HttpError 400."""
    if not isinstance(body, list):
        raise HttpError(400, "bad_request", '"entries" must be a list.')
    entries = [_parse_entry(each) for each in body]
    for position, entry in enumerate(entries):
        if entry.index != entries[0].index + position:
            raise HttpError(400, "bad_request", f'"entries" has a gap before index {entry.index}.')
    return entries


def _parse_entry(body: Any) -> ReplicationLogEntry:
    fields = object_body(body)
    key = any_field(fields, "key")
    if key is not None and not isinstance(key, str):
        raise HttpError(400, "bad_request", '"key" must be a text or null.')
    return ReplicationLogEntry(
        index=whole_number(fields, "index"),
        term=whole_number(fields, "term"),
        key=key,
        value=fields.get("value"),
        deleted=fields.get("deleted") is True,
    )


def whole_number(fields: dict[str, Any], name: str) -> int:
    """A term or an index. Raises HttpError 400."""
    value = any_field(fields, name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER:
        return value
    raise HttpError(400, "bad_request", f'"{name}" must be a whole number, 0 or more.')
