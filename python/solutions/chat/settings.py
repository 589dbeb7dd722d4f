from dataclasses import dataclass

from shared.config import Environment, count, milliseconds


@dataclass(slots=True)
class ChatSettings:
    heartbeat_ms: float
    """How often a client sends a ping, and how often the server looks for silent ones."""
    presence_timeout_ms: float
    """A connection that was not heard for so long is given up."""
    max_buffer_bytes: int
    """A reader for whom more than this waits to be sent is too slow."""
    # @since 7
    publish_timeout_ms: float
    """How long a server waits for another one."""
    subscribe_ms: float
    """How often a server says that it still wants a room's messages."""
    # @end


def read_settings(env: Environment) -> ChatSettings:
    """Raises ConfigError."""
    return ChatSettings(
        heartbeat_ms=milliseconds(env, "HEARTBEAT_MS", 3000),
        presence_timeout_ms=milliseconds(env, "PRESENCE_TIMEOUT_MS", 10_000),
        max_buffer_bytes=count(env, "MAX_BUFFER_BYTES", 1024 * 1024),
        # @since 7
        publish_timeout_ms=milliseconds(env, "PUBLISH_TIMEOUT_MS", 1000),
        subscribe_ms=milliseconds(env, "SUBSCRIBE_MS", 1000),
        # @end
    )
