import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

from aiohttp import web

from shared.config import Config
from shared.http_error import HttpError
from shared.json_body import MISSING, parse_json
from shared.trace import Trace, describe_request

MAX_BODY_BYTES = 1024 * 1024
# After a 503: when a client may try again, in s.
RETRY_AFTER = "1"
# How long a stopping server waits for requests that it is still working on.
STOP_GRACE_MS = 1500


@dataclass(slots=True)
class HttpRequest:
    method: str
    target: str
    """Path and query as they came."""
    params: dict[str, str]
    """Values of the path's `:names`, decoded."""
    query: dict[str, str]
    headers: dict[str, str]
    """By name in lower case."""
    body: Any
    """Parsed JSON; MISSING if the body was empty."""
    raw_body: bytes
    """The body as it came."""
    client_gone: Callable[[], bool]
    """Whether the client has hung up: nobody would hear the answer."""


@dataclass(slots=True)
class Page:
    type: str
    text: str


@dataclass(slots=True)
class HttpAnswer:
    status: int
    body: Any = MISSING
    headers: dict[str, str] = field(default_factory=dict)
    page: Page | None = None
    """What a browser gets in place of JSON."""


@dataclass(slots=True)
class Route:
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    """`/task/:id/complete`"""
    handle: Callable[[HttpRequest], Awaitable[HttpAnswer]]
    max_body_bytes: int = MAX_BODY_BYTES


# Listens in the HTTP server's place, to speak another protocol than HTTP on the same port too: takes host, port and
# what serves HTTP, and returns the port.
Upgrade = Callable[[str, int, web.Server], Awaitable[int]]


class HttpServer:
    """Serves JSON over HTTP: finds the route, reads the body, turns errors into answers."""

    def __init__(
        self, config: Config, trace: Trace, routes: list[Route], upgrade: Upgrade | None = None
    ) -> None:
        """
        Args:
            upgrade: Left out: only HTTP is spoken.
        """
        self._upgrade = upgrade
        self._config = config
        self._trace = trace
        self._routes = routes
        self._runner = web.ServerRunner(
            web.Server(self._serve, access_log=None), shutdown_timeout=STOP_GRACE_MS / 1000
        )

    async def start(self) -> int:
        """Returns the port when the server accepts connections. Raises OSError if the port is taken."""
        await self._runner.setup()
        if self._upgrade is not None and self._runner.server is not None:
            return await self._upgrade(self._config.host, self._config.port, self._runner.server)
        await web.TCPSite(self._runner, self._config.host, self._config.port).start()
        port: int = self._runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Accepts nothing new, lets running requests finish for a moment, then cuts them off."""
        await self._runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        headers: dict[str, str] = {}
        try:
            answer = await self._answer(request, headers)
        except Exception as error:
            answer = _error_answer(error)
        headers.update(answer.headers)
        if answer.status == 503:
            headers["Retry-After"] = RETRY_AFTER
        if answer.page is not None:
            page = answer.page
            return web.Response(
                status=answer.status, headers=headers, text=page.text, content_type=page.type, charset="utf-8"
            )
        if answer.body is MISSING:
            return web.Response(status=answer.status, headers=headers)
        text = json.dumps(answer.body, separators=(",", ":"))
        return web.Response(
            status=answer.status, headers=headers, text=text, content_type="application/json", charset="utf-8"
        )

    async def _answer(self, request: web.BaseRequest, headers: dict[str, str]) -> HttpAnswer:
        path = request.rel_url.raw_path
        found: list[tuple[Route, dict[str, str]]] = []
        for route in self._routes:
            params = _match_path(route.path, path)
            if params is not None:
                found.append((route, params))
        method = "GET" if request.method == "HEAD" else request.method
        match = next(((route, params) for route, params in found if route.method == method), None)
        data = await _read_body(request, match[0].max_body_bytes if match else MAX_BODY_BYTES)
        if not found:
            raise HttpError(404, "not_found", f"There is nothing at {path}.")
        if match is None:
            methods = ["GET, HEAD" if route.method == "GET" else route.method for route, _ in found]
            allowed = ", ".join(dict.fromkeys(methods))
            headers["Allow"] = allowed
            raise HttpError(405, "method_not_allowed", f"{path} answers {allowed}, not {request.method}.")
        body = parse_json(data) if data else MISSING
        self._trace_arrival(request, path, body)
        route, params = match
        query = dict(request.rel_url.query)
        sent = {name.lower(): value for name, value in request.headers.items()}
        return await route.handle(
            HttpRequest(
                method=request.method,
                target=request.raw_path,
                params=params,
                query=query,
                headers=sent,
                body=body,
                raw_body=data,
                client_gone=lambda: _is_gone(request),
            )
        )

    def _trace_arrival(self, request: web.BaseRequest, path: str, body: Any) -> None:
        if request.method in ("GET", "HEAD"):
            return
        request_id = request.headers.get("x-message-id", "")
        sender = request.headers.get("x-message-from", "client")
        to = self._config.node_id
        message = describe_request(
            body, request_id=request_id, from_=sender, to=to, method=request.method, path=path
        )
        self._trace.message("recv", message)


async def _read_body(request: web.BaseRequest, limit: int) -> bytes:
    """Reads a whole body. Raises HttpError 413 if it is over the limit."""
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.content.iter_any():
        length += len(chunk)
        # What is over the limit is read and dropped: a client that is still sending would not hear the answer.
        if length <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
    if length > limit:
        raise HttpError(413, "too_large", f"The body has more than {limit} bytes.")
    return b"".join(chunks)


def _match_path(pattern: str, path: str) -> dict[str, str] | None:
    """The values of the pattern's `:names`, or None if the path does not fit. Raises HttpError 400."""
    names = pattern.split("/")
    parts = path.split("/")
    if len(names) != len(parts):
        return None
    params: dict[str, str] = {}
    for name, part in zip(names, parts, strict=True):
        if name.startswith(":") and part != "":
            params[name[1:]] = _decode(part)
        elif name != part:
            return None
    return params


def _decode(part: str) -> str:
    """Bytes that are not ASCII would be read differently by different languages: they must be percent-encoded."""
    try:
        part.encode("ascii")
        return unquote(part, errors="strict")
    except UnicodeError:
        message = f"The path has a part that is not percent-encoded UTF-8: {part}"
        raise HttpError(400, "bad_request", message) from None


def _is_gone(request: web.BaseRequest) -> bool:
    return request.transport is None or request.transport.is_closing()


def _error_answer(error: Exception) -> HttpAnswer:
    if isinstance(error, HttpError):
        return HttpAnswer(error.status, {"error": error.code, "message": error.message, **error.details})
    # A body that breaks off has no client left to answer; anything else is a mistake in the node's own code.
    if not isinstance(error, ConnectionError | asyncio.IncompleteReadError):
        traceback.print_exception(error, file=sys.stderr)
    return HttpAnswer(500, {"error": "internal", "message": str(error)})
