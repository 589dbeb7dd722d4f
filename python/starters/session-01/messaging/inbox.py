import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from messaging.messages import Message

# Does what a message asks for and returns the reply. Raises if the message cannot be handled.
Handle = Callable[[Message], Coroutine[Any, Any, Any]]

# A memory is finite: of more messages than this the oldest are forgotten, and a late copy is handled again.
REMEMBERED_MESSAGES = 10_000


class Inbox:
    """Handles every message once, however many copies of it arrive."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        # Message id to the task that handles or has handled the message; its result is the reply. Oldest first.
        self._replies: dict[str, asyncio.Task[Any]] = {}

    async def receive(self, message: Message) -> Any:
        """Takes in a message. The first copy is handled. Every other copy gets the same reply, also one that
        arrives while the first is still being handled: it waits. If handling fails, that is not remembered, so
        that a later copy is tried again.

        Returns:
            The reply. Raises whatever `_handle` raises.
        """
        # TODO(session 1): look the id up in _replies before calling _handle, and remember the reply.
        # What do two copies find there that arrive at the same moment? Call _forget_oldest after adding one.
        raise NotImplementedError("not implemented: receive")

    def _forget_oldest(self) -> None:
        while len(self._replies) > REMEMBERED_MESSAGES:
            del self._replies[next(iter(self._replies))]
