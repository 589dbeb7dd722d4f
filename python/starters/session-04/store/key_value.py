from typing import Any

from shared.http_error import HttpError
from shared.json_body import any_field, object_body

MAX_KEY_BYTES = 256
# A little less than what a body may have: between nodes a value travels inside of other objects.
MAX_VALUE_DEPTH = 190


def parse_key(text: str) -> str:
    """Checks a key as it came in a path, already decoded: any text of 1 to 256 bytes of UTF-8, but for names that
    the store needs for itself. Raises HttpError 400 `reserved_key`, `bad_request`.
    """
    if text == "health" or text.startswith("_"):
        message = f'"{text}" cannot be a key: "health" and what begins with "_" belong to the store.'
        raise HttpError(400, "reserved_key", message)
    length = len(text.encode())
    if not 1 <= length <= MAX_KEY_BYTES:
        raise HttpError(400, "bad_request", f"A key has 1 to {MAX_KEY_BYTES} bytes, not {length}.")
    return text


def parse_value(body: Any) -> Any:
    """Reads the value from the body of a PUT: any JSON, null too. Raises HttpError 400."""
    value = any_field(object_body(body), "value")
    if _is_deeper_than(value, MAX_VALUE_DEPTH):
        message = f'"value" is nested more than {MAX_VALUE_DEPTH} levels deep.'
        raise HttpError(400, "bad_request", message)
    return value


def _is_deeper_than(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_is_deeper_than(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deeper_than(inner, levels - 1) for inner in value)
    return False
