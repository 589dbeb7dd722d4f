import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from messaging.messages import Message
from shared.rpc_client import NoAnswer


@dataclass(slots=True)
class Timing:
    """How long to wait, in ms."""

    attempt_timeout_ms: float
    """For the answer to one attempt."""
    backoff_base_ms: float
    """Before the second attempt, at most."""
    backoff_max_ms: float
    """Before any attempt, at most."""


# One attempt to send: returns the reply, raises NoAnswer after the timeout (ms), any other error for a refusal.
Attempt = Callable[[Message, float], Awaitable[Any]]


class DeadlinePassed(Exception):
    """The deadline is over and no reply came. The peer may have handled the message."""

    def __init__(self, attempts: int) -> None:
        super().__init__(f"No answer after {attempts} attempts. The message may have been handled.")
        self.attempts = attempts


def backoff_ms(failures: int, timing: Timing) -> float:
    """How long to wait before the next attempt. The ceiling doubles with each failure up to `backoff_max_ms`; the
    pause is drawn evenly between half the ceiling and the ceiling, so that senders do not come back all at once.

    Args:
        failures: Attempts that have failed before the last one: 0, 1, 2, ...

    Returns:
        A pause in ms.
    """
    # TODO(session 1): double the ceiling with each failure, up to the maximum,
    # and return a random pause between half the ceiling and the ceiling.
    raise NotImplementedError("not implemented: backoff")


async def send_with_retry(
    message: Message, attempt: Attempt, timing: Timing, deadline_ms: float
) -> tuple[Any, int]:
    """Sends one message until a reply comes or the deadline is over. Every attempt carries the same message with
    the same id, so that the peer can tell a copy from a new message.

    Args:
        deadline_ms: How long the client will wait, from now.

    Returns:
        The reply and the number of attempts it took.

    Raises:
        DeadlinePassed: There is no time left for another attempt.
        Exception: Whatever `attempt` raises but NoAnswer.
    """
    # TODO(session 1): try again after each NoAnswer, with a pause from backoff_ms in between.
    # Never wait past the deadline: not for an answer, not in a pause.
    raise NotImplementedError("not implemented: send")
