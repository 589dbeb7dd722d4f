from messaging.node import MessageNode
from messaging.retry import Timing
from shared.config import Environment, milliseconds, read_config


def create(_args: list[str], env: Environment) -> MessageNode:
    """Makes a message node from the environment. Raises ConfigError."""
    timing = Timing(
        attempt_timeout_ms=milliseconds(env, "ATTEMPT_TIMEOUT_MS", 300),
        backoff_base_ms=milliseconds(env, "BACKOFF_BASE_MS", 50),
        backoff_max_ms=milliseconds(env, "BACKOFF_MAX_MS", 1000),
    )
    return MessageNode(read_config(env), timing)
