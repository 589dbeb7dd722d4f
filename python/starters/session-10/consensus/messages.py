from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shared.http_error import HttpError
from shared.json_body import MAX_INTEGER, any_field, object_body, string_field

_Fields = dict[str, Any]

OPERATIONS = ["put", "delete", "cas", "append"]

# What a client wants done: "op" ("put", "delete", "cas" or "append"; without it, it is a put), "key", "value".
# Of a compare-and-set also "expected": what the key must hold; None if it must not exist. And "clientId", "requestId":
# who asks, and which of its requests this is, so that a repeated request takes effect once.
Command = dict[str, Any]


@dataclass(slots=True)
class LogEntry:
    """One line of the log. Index and term together name it: no other entry of the cluster has both."""

    index: int
    """From 1, without gaps; 0 is "before the log"."""
    term: int
    """The term of the leader that wrote it."""
    command: Command | None
    """None if it changes nothing: the first entry of each leader."""


@dataclass(slots=True)
class RequestVote:
    """A candidate asks for a vote: this is how far its log goes."""

    last_log_index: int
    last_log_term: int


@dataclass(slots=True)
class RequestVoteResponse:
    vote_granted: bool


@dataclass(slots=True)
class AppendEntries:
    """A leader says: after the entry `prev_log_index`, which is of the term `prev_log_term`, come these entries."""

    prev_log_index: int
    prev_log_term: int
    entries: list[LogEntry]
    """None if the message only says that the leader is there."""
    leader_commit: int
    """How far the leader's log is committed."""
    round: int
    """Counts the leader's questions whether it still leads. An answer counts for the round of what was sent."""


@dataclass(slots=True)
class AppendEntriesResponse:
    success: bool
    match_index: int
    """Up to which index the follower's log is now known to be the leader's; 0 if it refuses."""
    conflict_index: int | None = None
    """Where the leader may try next, if the follower refuses."""


@dataclass(slots=True)
class RaftMessage:
    """What one node says to another: `POST /raft`. The answer has the same form. Its type is that of its data."""

    term: int
    """The sender's."""
    from_: str
    to: str
    data: RequestVote | RequestVoteResponse | AppendEntries | AppendEntriesResponse


def parse_message(body: Any, from_: Sequence[str], to: str) -> RaftMessage:
    """Reads a message that must come from one of these nodes, and be for `to`. Raises HttpError 400."""
    fields = object_body(body)
    type_ = string_field(fields, "type")
    data = object_body(any_field(fields, "data"))
    term = _whole_number(fields, "term")
    sender = string_field(fields, "from")
    receiver = string_field(fields, "to")
    if receiver != to:
        raise HttpError(400, "wrong_node", f'This message is for "{receiver}", and this is {to}.')
    if sender not in from_:
        raise HttpError(400, "bad_request", f'"from" is "{sender}", which is not in PEERS.')
    match type_:
        case "RequestVote":
            return RaftMessage(term, sender, to, _parse_request_vote(data))
        case "RequestVoteResponse":
            return RaftMessage(term, sender, to, RequestVoteResponse(_truth(data, "voteGranted")))
        case "AppendEntries":
            return RaftMessage(term, sender, to, _parse_append_entries(data))
        case "AppendEntriesResponse":
            return RaftMessage(term, sender, to, _parse_append_entries_response(data))
        case _:
            raise HttpError(400, "bad_request", f'There is no message "{type_}".')


def message_to_wire(message: RaftMessage) -> _Fields:
    """As JSON: there the names are written otherwise, and the sender is `from`, a word that Python keeps for itself."""
    data = {
        _camel(name): value
        for name, value in asdict(message.data).items()
        if not (name == "conflict_index" and value is None)
    }
    return {
        "type": type(message.data).__name__,
        "term": message.term,
        "from": message.from_,
        "to": message.to,
        "data": data,
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _parse_request_vote(data: _Fields) -> RequestVote:
    return RequestVote(_whole_number(data, "lastLogIndex"), _whole_number(data, "lastLogTerm"))


def _parse_append_entries(data: _Fields) -> AppendEntries:
    prev_log_index = _whole_number(data, "prevLogIndex")
    return AppendEntries(
        prev_log_index=prev_log_index,
        prev_log_term=_whole_number(data, "prevLogTerm"),
        entries=_parse_entries(any_field(data, "entries"), prev_log_index),
        leader_commit=_whole_number(data, "leaderCommit"),
        # A node that runs the code of session 9 does not count them.
        round=_whole_number(data, "round") if "round" in data else 0,
    )


def _parse_append_entries_response(data: _Fields) -> AppendEntriesResponse:
    response = AppendEntriesResponse(_truth(data, "success"), _whole_number(data, "matchIndex"))
    if "conflictIndex" in data:
        response.conflict_index = _whole_number(data, "conflictIndex")
    return response


def _parse_entries(body: Any, prev_log_index: int) -> list[LogEntry]:
    """Entries must follow on `prev_log_index` and on each other. Raises HttpError 400."""
    if not isinstance(body, list):
        raise HttpError(400, "bad_request", '"entries" must be a list.')
    entries = [_parse_entry(entry) for entry in body]
    for position, entry in enumerate(entries):
        if entry.index != prev_log_index + 1 + position:
            raise HttpError(400, "bad_request", f'"entries" has index {entry.index} in the wrong place.')
    return entries


def _parse_entry(body: Any) -> LogEntry:
    fields = object_body(body)
    command = any_field(fields, "command")
    if command is not None:
        _check_command(object_body(command))
    return LogEntry(_whole_number(fields, "index"), _whole_number(fields, "term"), command)


def _check_command(command: _Fields) -> None:
    string_field(command, "key")
    op = command.get("op", "put")
    if op not in OPERATIONS:
        raise HttpError(400, "bad_request", f'There is no "op" {op}.')


def _whole_number(fields: _Fields, name: str) -> int:
    """A term or an index. Raises HttpError 400."""
    value = any_field(fields, name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER:
        return value
    raise HttpError(400, "bad_request", f'"{name}" must be a whole number, 0 or more.')


def _truth(fields: _Fields, name: str) -> bool:
    value = any_field(fields, name)
    if isinstance(value, bool):
        return value
    raise HttpError(400, "bad_request", f'"{name}" must be true or false.')
