import json
import uuid

import aiohttp
from yarl import URL

from shared.config import Config
from shared.http_error import HttpError
from shared.trace import Trace, describe_request
from store.http_server import HttpAnswer


class Forwarder:
    """Passes a client's request on to the node that is to serve it."""

    def __init__(self, config: Config, trace: Trace, timeout_ms: float) -> None:
        self._config = config
        self._trace = trace
        self._timeout_ms = timeout_ms

    # ANCHOR: forward
    async def forward(self, to: str, method: str, path: str, body: bytes) -> HttpAnswer:
        """Forwards a request and returns the answer as it is. The header X-Forwarded-By keeps it from being forwarded
        again.

        Args:
            to: A node named in PEERS.
            body: As it came.

        Raises:
            HttpError: 504 `timeout` if no answer came: what was asked for may have been done.
        """
        sender = self._config.node_id
        request_id = str(uuid.uuid4())
        headers = {"x-forwarded-by": sender, "x-message-id": request_id, "x-message-from": sender}
        message = describe_request(None, request_id=request_id, from_=sender, to=to, method=method, path=path)
        self._trace.message("send", message)
        try:
            return await _exchange(self._config.peers[to] + path, method, headers, body, self._timeout_ms)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            message.summary = str(error)
            self._trace.message("timeout", message)
            text = f"{to} has not answered. It may have done what was asked for."
            raise HttpError(504, "timeout", text) from None

    # ANCHOR_END: forward


async def _exchange(
    url: str, method: str, headers: dict[str, str], body: bytes, timeout_ms: float
) -> HttpAnswer:
    """One request on a connection of its own. Raises if the connection fails or the time is over."""
    timeout = aiohttp.ClientTimeout(total=timeout_ms / 1000)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.request(method, URL(url, encoded=True), data=body or None, headers=headers) as response,
    ):
        text = await response.read()
        return HttpAnswer(response.status, json.loads(text)) if text else HttpAnswer(response.status)
