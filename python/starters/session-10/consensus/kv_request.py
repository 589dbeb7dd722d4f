import re
from typing import Any

from shared.http_error import HttpError
from shared.json_body import any_field, object_body

MAX_KEY_BYTES = 256
MAX_CLIENT_ID_BYTES = 256
# A little less than what a body may have: between nodes a value travels inside of other objects.
MAX_VALUE_DEPTH = 190


def parse_key(text: str) -> str:
    """Checks a key as it came in a path, already decoded: any text of 1 to 256 bytes of UTF-8. Raises HttpError 400."""
    length = len(text.encode())
    if 1 <= length <= MAX_KEY_BYTES:
        return text
    raise HttpError(400, "bad_request", f"A key has 1 to {MAX_KEY_BYTES} bytes, not {length}.")


def parse_value(fields: dict[str, Any], name: str) -> Any:
    """A field that may have any value, null too. Raises HttpError 400."""
    value = any_field(fields, name)
    if not _is_deeper_than(value, MAX_VALUE_DEPTH):
        return value
    raise HttpError(400, "bad_request", f'"{name}" is nested more than {MAX_VALUE_DEPTH} levels deep.')


def parse_appended(body: Any) -> str:
    """The text of `{"append"}`. Raises HttpError 400."""
    text = any_field(object_body(body), "append")
    if isinstance(text, str):
        return text
    raise HttpError(400, "bad_request", '"append" must be a text.')


def parse_local(query: dict[str, str]) -> bool:
    """Whether only this node's own copy is to be read: `?local=true`. Raises HttpError 400."""
    local = query.get("local", "false")
    if local in ("true", "false"):
        return local == "true"
    raise HttpError(400, "bad_request", f'"local" is true or false, not "{local}".')


def parse_client(headers: dict[str, str]) -> dict[str, Any]:
    """Who asks, and which of its requests this is: both headers or none. Raises HttpError 400."""
    client_id = headers.get("x-client-id")
    request_id = headers.get("x-request-id")
    if client_id is None and request_id is None:
        return {}
    if client_id is None or request_id is None:
        raise HttpError(400, "bad_request", "X-Client-Id and X-Request-Id belong together.")
    if not re.fullmatch(r"[\x21-\x7e]+", client_id) or len(client_id) > MAX_CLIENT_ID_BYTES:
        message = f"X-Client-Id has 1 to {MAX_CLIENT_ID_BYTES} characters of ASCII, and no spaces."
        raise HttpError(400, "bad_request", message)
    if not re.fullmatch(r"[0-9]{1,15}", request_id):
        raise HttpError(400, "bad_request", "X-Request-Id must be a whole number, 0 or more.")
    return {"clientId": client_id, "requestId": int(request_id)}


def _is_deeper_than(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_is_deeper_than(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_is_deeper_than(inner, levels - 1) for inner in value)
    return False
