from dataclasses import dataclass
from typing import Literal

from shared.config import MAX_INTEGER, ConfigError, Environment, count, milliseconds

# What to do when not all owners of a key can be reached: refuse (`cp`) or risk (`ap`).
Mode = Literal["cp", "ap"]


@dataclass(slots=True)
class StoreSettings:
    mode: Mode
    vnodes: int
    """Points of each node on the ring."""
    replicas: int
    """How many nodes own a key."""
    replica_timeout_ms: float
    """How long a node may take to answer another one."""
    reconcile_ms: float
    """From one comparison with the other nodes to the next."""
    ring_timeout_ms: float
    """How long a node may take over one step of a change of the ring."""


MAX_VNODES = 10_000


def read_settings(env: Environment) -> StoreSettings:
    """Reads what the store needs beside the settings of every node. Raises ConfigError."""
    return StoreSettings(
        mode=_mode(env),
        vnodes=_between(1, MAX_VNODES, "VNODES", count(env, "VNODES", 64)),
        replicas=_between(1, MAX_INTEGER, "REPLICAS", count(env, "REPLICAS", 3)),
        replica_timeout_ms=milliseconds(env, "REPLICA_TIMEOUT_MS", 1000),
        reconcile_ms=milliseconds(env, "RECONCILE_MS", 1000),
        ring_timeout_ms=milliseconds(env, "RING_TIMEOUT_MS", 5000),
    )


def _mode(env: Environment) -> Mode:
    match env.get("MODE", "").strip() or "cp":
        case "cp":
            return "cp"
        case "ap":
            return "ap"
        case value:
            raise ConfigError(f'MODE is neither cp nor ap: "{value}"')


def _between(least: int, most: int, name: str, value: int) -> int:
    if least <= value <= most:
        return value
    raise ConfigError(f'{name} is not a whole number between {least} and {most}: "{value}"')
