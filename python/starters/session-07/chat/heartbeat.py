from collections.abc import Callable, Sequence

from chat.connection import Connection


def on_ping(connection: Connection) -> None:
    """A client says that it is alive. It wants to know the same of us: the answer is the frame `pong`."""
    connection.heard()
    connection.send({"type": "pong"})


def sweep(
    connections: Sequence[Connection],
    timeout_ms: float,
    give_up: Callable[[Connection], None],
) -> None:
    """Looks for connections whose other end is gone without a goodbye: no error, no close, only silence.

    Args:
        timeout_ms: Who was not heard for longer is given up.
        give_up: What to do with such a connection.
    """
    for connection in connections:
        if connection.silent_ms() > timeout_ms:
            give_up(connection)
