import json
import math
from typing import Any

from shared.http_error import HttpError

# Deeper nesting would exhaust the stack of some JSON writer further on.
MAX_DEPTH = 200
MAX_INTEGER = 2**53 - 1
MISSING = object()


def parse_json(data: bytes) -> Any:
    """Parses a request body as JSON, whatever its Content-Type. Raises HttpError 400 `bad_json`."""
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise HttpError(400, "bad_json", "The body is not JSON.") from None
    if _is_deeper_than(value, MAX_DEPTH):
        raise HttpError(400, "bad_json", f"The body is nested more than {MAX_DEPTH} levels deep.")
    return value


def object_body(body: Any) -> dict[str, Any]:
    """The body as an object. Raises HttpError 400: `bad_json` without a body, `bad_request` for any other value."""
    if body is MISSING:
        raise HttpError(400, "bad_json", "The body is empty; it must be a JSON object.")
    if not isinstance(body, dict):
        raise HttpError(400, "bad_request", "The body must be a JSON object.")
    return body


def any_field(body: dict[str, Any], name: str) -> Any:
    """A field that must be there and may have any value, None too. Raises HttpError 400 `bad_request`."""
    if name not in body:
        raise HttpError(400, "bad_request", f'"{name}" is missing.')
    return body[name]


def string_field(body: dict[str, Any], name: str) -> str:
    """A field that must be a string with at least one character. Raises HttpError 400 `bad_request`."""
    value = any_field(body, name)
    if not isinstance(value, str) or value == "":
        raise HttpError(400, "bad_request", f'"{name}" must be a string that is not empty.')
    return value


def number_field(
    body: dict[str, Any], name: str, *, fallback: float | None = None, least: float = 0
) -> float:
    """A field that must be a number from `least` on, or the fallback if it is not there. Raises HttpError 400."""
    if fallback is not None and name not in body:
        return fallback
    value = any_field(body, name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= MAX_INTEGER:
        raise HttpError(400, "bad_request", f'"{name}" must be a number of at least {least}.')
    return value


def same_json(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON, whatever the order of their fields. (To Python `1 == True`.)"""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _is_deeper_than(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_is_deeper_than(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deeper_than(inner, levels - 1) for inner in value)
    return False


def _refuse(constant: str) -> Any:
    """JSON has no NaN and no Infinity, although Python's parser takes them."""
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is too large")
    return number
