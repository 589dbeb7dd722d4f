from collections.abc import Awaitable, Callable
from typing import Protocol

from shared.forwarder import Forwarder
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest, Route
from store.key_value import parse_key, parse_value
from store.partitioned.entry import Change, Entry
from store.partitioned.unavailable import unavailable


class Core(Protocol):
    """What decides where keys are and which values they have. The API for clients needs to know no more of it."""

    # Whether this node serves requests for the key itself.
    def serves(self, key: str) -> bool: ...

    # The node that serves them otherwise. Raises HttpError 503 if there is none.
    async def server_of(self, key: str) -> str: ...

    # None if the key was never written. Raises HttpError 503.
    async def read(self, key: str) -> Entry | None: ...

    # Returns what was written. Raises HttpError 503 if nothing has happened, 504 if it may have.
    async def write(self, key: str, change: Change) -> Entry: ...


def client_routes(node_id: str, core: Core, forwarder: Forwarder) -> list[Route]:
    """What clients may ask for at any node: `PUT`, `GET` and `DELETE` of a key."""

    async def serve(
        request: HttpRequest,
        key: str,
        answer: Callable[[], Awaitable[HttpAnswer]],
    ) -> HttpAnswer:
        """Serves a request here, or has another node serve it: once, so that it cannot go round in circles."""
        if core.serves(key):
            return await answer()
        by = request.headers.get("x-forwarded-by")
        if by is not None:
            raise unavailable(f'{by} has forwarded "{key}" to {node_id}, which does not serve it either.')
        return await forwarder.forward(await core.server_of(key), request)

    async def get(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])

        async def answer() -> HttpAnswer:
            entry = await core.read(key)
            if entry is None or entry.deleted:
                details = {"key": key, "version": entry.version if entry else 0, "servedBy": node_id}
                raise HttpError(404, "no_such_key", f'There is no key "{key}".', details)
            body = {"key": key, "value": entry.value, "version": entry.version, "servedBy": node_id}
            return HttpAnswer(200, body)

        return await serve(request, key, answer)

    async def put(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])
        value = parse_value(request.body)

        async def answer() -> HttpAnswer:
            entry = await core.write(key, Change(value, deleted=False))
            body = {"key": key, "value": value, "version": entry.version, "servedBy": node_id}
            return HttpAnswer(200, body)

        return await serve(request, key, answer)

    async def remove(request: HttpRequest) -> HttpAnswer:
        key = parse_key(request.params["key"])

        async def answer() -> HttpAnswer:
            entry = await core.write(key, Change(None, deleted=True))
            return HttpAnswer(200, {"key": key, "version": entry.version, "servedBy": node_id})

        return await serve(request, key, answer)

    return [Route("GET", "/:key", get), Route("PUT", "/:key", put), Route("DELETE", "/:key", remove)]
