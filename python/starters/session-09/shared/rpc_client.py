import json
import uuid
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from shared.config import Config
from shared.trace import Trace, describe_request


@dataclass(slots=True)
class PeerAnswer:
    status: int
    body: Any
    """Parsed JSON, or None where the answer has no body."""


class NoAnswer(Exception):
    """No whole answer came in time. The peer may have carried out the request, or may never have seen it."""


class RpcClient:
    """Calls other nodes: one request, one answer or NoAnswer. It never tries twice."""

    def __init__(self, config: Config, trace: Trace) -> None:
        self._config = config
        self._trace = trace

    async def post(self, to: str, path: str, body: Any, timeout_ms: float) -> PeerAnswer:
        """Posts JSON to a peer and waits for its answer, whatever the status.

        Args:
            to: A peer named in PEERS.
            timeout_ms: From now until the last byte of the answer.

        Raises:
            NoAnswer: The connection failed or the time is over.
        """
        url = self._config.peers[to]
        sender = self._config.node_id
        request_id = str(uuid.uuid4())
        message = describe_request(body, request_id=request_id, from_=sender, to=to, method="POST", path=path)
        self._trace.message("send", message)
        try:
            headers = {"x-message-id": request_id, "x-message-from": sender}
            return await _exchange(url + path, headers, body, timeout_ms)
        except NoAnswer as error:
            message.summary = str(error)
            self._trace.message("timeout", message)
            raise


async def _exchange(url: str, headers: dict[str, str], body: Any, timeout_ms: float) -> PeerAnswer:
    """Each call has a connection of its own, so that an old one to a node that has restarted is never used."""
    timeout = aiohttp.ClientTimeout(total=max(1, timeout_ms) / 1000)
    data = json.dumps(body, separators=(",", ":")).encode()
    headers = {**headers, "content-type": "application/json"}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(URL(url, encoded=True), data=data, headers=headers) as response,
        ):
            text = await response.read()
            return PeerAnswer(response.status, json.loads(text) if text else None)
    except TimeoutError:
        raise NoAnswer(f"no answer within {round(timeout_ms)} ms") from None
    except aiohttp.ClientError as error:
        raise NoAnswer(str(error)) from error
    except ValueError as error:
        raise NoAnswer(f"the answer is not JSON: {error}") from error
