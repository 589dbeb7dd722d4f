import re
from typing import Literal, cast, get_args

from shared.http_error import HttpError

# ANCHOR: levels
# What a read promises, from the cheapest to the dearest.
Level = Literal["eventual", "session", "quorum", "strong"]
LEVELS = get_args(Level)

# Who must have a write on disk before it is acknowledged.
Ack = Literal["one", "majority", "all"]
ACKS = get_args(Ack)
# ANCHOR_END: levels

# The header with which a client says what it has seen so far, and is told what to say next time.
SESSION_TOKEN = "X-Session-Token"


def parse_level(query: dict[str, str]) -> Level:
    """Reads `?consistency=`. Raises HttpError 400."""
    return cast(Level, _one_of(LEVELS, "consistency", query.get("consistency", "strong")))


def parse_ack(query: dict[str, str]) -> Ack:
    """Reads `?ack=`. Raises HttpError 400."""
    return cast(Ack, _one_of(ACKS, "ack", query.get("ack", "majority")))


def parse_token(header: str | None) -> int:
    """Reads a session token: the index of the last log entry that the client knows of. Raises HttpError 400."""
    if header is None:
        return 0
    if re.fullmatch(r"[0-9]{1,15}", header):
        return int(header)
    message = f'{SESSION_TOKEN} is not a token that this store gave away: "{header}".'
    raise HttpError(400, "bad_request", message)


def _one_of(names: tuple[str, ...], parameter: str, value: str) -> str:
    if value in names:
        return value
    raise HttpError(400, "bad_request", f'"{parameter}" is one of {", ".join(names)}, not "{value}".')
