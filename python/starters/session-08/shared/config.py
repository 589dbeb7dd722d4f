import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

Environment = Mapping[str, str]

MAX_INTEGER = 2**53 - 1


@dataclass(slots=True)
class Config:
    """Everything a node is told from outside, read once at its start."""

    node_id: str
    host: str
    port: int
    peers: dict[str, str]
    """The other nodes: id to URL. A peer is reached only by this URL."""
    data_dir: str
    """The one directory this node may write to. It survives a restart."""
    clock_skew_ms: int
    """Added to every wall-clock time this node stamps, in ms. Never to a timer."""


class ConfigError(Exception):
    """A setting is missing or malformed. The message names the variable."""


def read_config(env: Environment) -> Config:
    """Reads what every node needs. Raises ConfigError."""
    node_id = _text(env, "NODE_ID")
    return Config(
        node_id=node_id,
        host=_text(env, "HOST"),
        port=_integer(env, "PORT", None, 0, 65_535),
        peers=_peers(env, node_id),
        data_dir=_text(env, "DATA_DIR"),
        clock_skew_ms=_integer(env, "CLOCK_SKEW_MS", 0, -MAX_INTEGER),
    )


def milliseconds(env: Environment, name: str, fallback: int) -> int:
    """A span of time in ms from the environment, or the default. Raises ConfigError."""
    return _integer(env, name, fallback, 1, 2**31 - 1)


def count(env: Environment, name: str, fallback: int) -> int:
    """A number of things from the environment, or the default. Raises ConfigError."""
    return _integer(env, name, fallback, 0)


def wall_clock(config: Config) -> int:
    """The time this node believes it is, in epoch ms: for stamps that people and other nodes read."""
    return time.time_ns() // 1_000_000 + config.clock_skew_ms


def _text(env: Environment, name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise ConfigError(f"{name} is missing")
    return value


def _integer(
    env: Environment, name: str, fallback: int | None = None, least: int = 0, most: int = MAX_INTEGER
) -> int:
    value = env.get(name, "").strip()
    if not value:
        if fallback is None:
            raise ConfigError(f"{name} is missing")
        return fallback
    if not re.fullmatch(r"-?[0-9]{1,16}", value) or not least <= int(value) <= most:
        raise ConfigError(f'{name} is not a whole number between {least} and {most}: "{value}"')
    return int(value)


def _peers(env: Environment, node_id: str) -> dict[str, str]:
    """Reads `PEERS`: `node2=http://node2:8080,node3=http://node3:8080`."""
    found: dict[str, str] = {}
    for entry in (part.strip() for part in env.get("PEERS", "").split(",") if part.strip()):
        peer, _, url = (part.strip() for part in entry.partition("="))
        if not peer or not re.fullmatch(r"http://[^/\s=]+", url) or not _is_url(url):
            raise ConfigError(f'PEERS has an entry that is not name=http://host:port: "{entry}"')
        if peer == node_id:
            raise ConfigError(f'PEERS names this node itself: "{peer}"')
        if peer in found:
            raise ConfigError(f'PEERS names "{peer}" twice')
        found[peer] = url
    return found


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
