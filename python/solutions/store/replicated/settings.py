from dataclasses import dataclass

from shared.config import ConfigError, Environment, milliseconds


@dataclass(slots=True)
class ReplicationSettings:
    heartbeat_ms: float
    """From one heartbeat of the leader to the next."""
    election_min_ms: float
    """A follower that hears no leader stands for election after a random time between these two."""
    election_max_ms: float
    rpc_timeout_ms: float
    """How long a node may take to answer another one."""
    request_timeout_ms: float
    """How long a client's request waits for other nodes before the answer is "maybe" or "not now"."""
    # @since 5
    session_wait_ms: float
    """How long a read of level `session` waits for this node to catch up before it asks the leader."""
    # @end


def read_settings(env: Environment) -> ReplicationSettings:
    """Reads what the store needs beside the settings of every node. Raises ConfigError."""
    settings = ReplicationSettings(
        heartbeat_ms=milliseconds(env, "HEARTBEAT_MS", 100),
        election_min_ms=milliseconds(env, "ELECTION_MIN_MS", 500),
        election_max_ms=milliseconds(env, "ELECTION_MAX_MS", 1000),
        rpc_timeout_ms=milliseconds(env, "RPC_TIMEOUT_MS", 500),
        request_timeout_ms=milliseconds(env, "REQUEST_TIMEOUT_MS", 2000),
        # @since 5
        session_wait_ms=milliseconds(env, "SESSION_WAIT_MS", 300),
        # @end
    )
    if settings.election_max_ms < settings.election_min_ms:
        raise ConfigError("ELECTION_MAX_MS is less than ELECTION_MIN_MS")
    return settings
