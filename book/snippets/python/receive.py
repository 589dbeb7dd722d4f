async def receive(self, message: Message) -> Any:
    """Takes in a message. The first copy is handled. Every other copy gets the same reply, also one that
    arrives while the first is still being handled: it waits. If handling fails, that is not remembered, so
    that a later copy is tried again.

    Returns:
        The reply. Raises whatever `_handle` raises.
    """
    known = self._replies.get(message.id)
    if known is not None:
        return await asyncio.shield(known)
    # The task is stored before anything is awaited. Otherwise two copies could both find nothing here.
    reply = asyncio.create_task(self._handle(message))
    self._replies[message.id] = reply
    self._forget_oldest()
    try:
        return await asyncio.shield(reply)
    except Exception:
        self._replies.pop(message.id, None)
        raise
