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
