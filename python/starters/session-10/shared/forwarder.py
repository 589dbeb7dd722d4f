import json
import uuid

import aiohttp
from yarl import URL

from shared.config import Config
from shared.http_error import HttpError
from shared.http_server import HttpAnswer, HttpRequest
from shared.json_body import MISSING
from shared.trace import Trace, describe_request

# Headers of a request and of its answer that are passed on too: by name in lower case.
PASSED_ON = ["x-session-token", "x-client-id", "x-request-id"]


class Forwarder:
    """Passes a client's request on to the node that is to serve it."""

    def __init__(self, config: Config, trace: Trace, timeout_ms: float) -> None:
        self._config = config
        self._trace = trace
        self._timeout_ms = timeout_ms

    async def forward(self, to: str, request: HttpRequest) -> HttpAnswer:
        """Forwards a request as it came and returns the answer as it is. The header X-Forwarded-By keeps it from being
        forwarded again.

        Args:
            to: A node named in PEERS.

        Raises:
            HttpError: 504 `timeout` if no answer came: what was asked for may have been done.
        """
        sender = self._config.node_id
        request_id = str(uuid.uuid4())
        message = describe_request(
            None, request_id=request_id, from_=sender, to=to, method=request.method, path=request.target
        )
        self._trace.message("send", message)
        try:
            headers = {"x-forwarded-by": sender, "x-message-id": request_id, "x-message-from": sender}
            return await _exchange(self._config.peers[to], request, headers, self._timeout_ms)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            message.summary = str(error)
            self._trace.message("timeout", message)
            text = f"{to} has not answered. It may have done what was asked for."
            raise HttpError(504, "timeout", text) from None


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp sends a PUT or DELETE once more, unasked, when its connection breaks. But the first one may have been
    carried out: only the client can know whether it wants that twice.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientError(f"the connection broke: {error}") from error


async def _exchange(url: str, request: HttpRequest, own: dict[str, str], timeout_ms: float) -> HttpAnswer:
    """One request on a connection of its own. Raises if the connection fails or the time is over."""
    timeout = aiohttp.ClientTimeout(total=timeout_ms / 1000)
    target = URL(url + request.target, encoded=True)
    data = request.raw_body or None
    headers = {**_passed_on(request.headers), **own}
    async with (
        aiohttp.ClientSession(timeout=timeout, middlewares=[_once]) as session,
        session.request(request.method, target, data=data, headers=headers) as response,
    ):
        text = await response.read()
        answered = _passed_on({name.lower(): value for name, value in response.headers.items()})
        return HttpAnswer(response.status, json.loads(text) if text else MISSING, answered)


def _passed_on(headers: dict[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in PASSED_ON if name in headers}
