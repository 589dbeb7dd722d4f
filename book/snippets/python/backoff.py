def backoff_ms(failures: int, timing: Timing) -> float:
    """How long to wait before the next attempt. The ceiling doubles with each failure up to `backoff_max_ms`; the
    pause is drawn evenly between half the ceiling and the ceiling, so that senders do not come back all at once.

    Args:
        failures: Attempts that have failed before the last one: 0, 1, 2, ...

    Returns:
        A pause in ms.
    """
    ceiling: float = min(timing.backoff_base_ms * 2**failures, timing.backoff_max_ms)
    return random.uniform(ceiling / 2, ceiling)
