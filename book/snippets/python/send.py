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
    deadline = time.monotonic() * 1000 + deadline_ms
    attempts = 1
    while True:
        try:
            time_left = deadline - time.monotonic() * 1000
            reply = await attempt(message, min(timing.attempt_timeout_ms, time_left))
            return reply, attempts
        except NoAnswer:
            pause = backoff_ms(attempts - 1, timing)
        if time.monotonic() * 1000 + pause >= deadline:
            raise DeadlinePassed(attempts)
        await asyncio.sleep(pause / 1000)
        attempts += 1
