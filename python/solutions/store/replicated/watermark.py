import asyncio


class Watermark:
    """A number that only grows, and those who wait until it is high enough."""

    def __init__(self) -> None:
        self._value = 0
        # Each with the level that it waits for.
        self._waiters: list[tuple[int, asyncio.Future[bool]]] = []

    @property
    def value(self) -> int:
        return self._value

    def raise_to(self, value: int) -> None:
        self._value = max(self._value, value)
        for level, reached in self._waiters:
            if level <= self._value and not reached.done():
                reached.set_result(True)

    async def reaches(self, level: int, timeout_ms: float) -> bool:
        """Whether it gets that high within `timeout_ms`."""
        if level <= self._value:
            return True
        waiter = (level, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            return await asyncio.wait_for(waiter[1], timeout_ms / 1000)
        except TimeoutError:
            return False
        finally:
            self._waiters.remove(waiter)

    def abandon(self) -> None:
        """Nobody who waits now will see it reached."""
        for _, reached in self._waiters:
            if not reached.done():
                reached.set_result(False)
