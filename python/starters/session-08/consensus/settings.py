from dataclasses import dataclass

from shared.config import ConfigError, Environment, milliseconds


@dataclass(slots=True)
class RaftSettings:
    heartbeat_ms: float
    """From one heartbeat of the leader to the next."""
    election_min_ms: float
    """A node that hears no leader stands for election after a random time between these two."""
    election_max_ms: float
    rpc_timeout_ms: float
    """How long a node may take to answer another one."""


def read_settings(env: Environment) -> RaftSettings:
    """Reads what a node needs beside the settings of every node. Raises ConfigError."""
    settings = RaftSettings(
        heartbeat_ms=milliseconds(env, "HEARTBEAT_MS", 100),
        election_min_ms=milliseconds(env, "ELECTION_MIN_MS", 500),
        election_max_ms=milliseconds(env, "ELECTION_MAX_MS", 1000),
        rpc_timeout_ms=milliseconds(env, "RPC_TIMEOUT_MS", 500),
    )
    if settings.election_max_ms < settings.election_min_ms:
        raise ConfigError("ELECTION_MAX_MS is less than ELECTION_MIN_MS")
    return settings
