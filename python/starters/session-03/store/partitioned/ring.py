import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Point:
    """A place on the ring that belongs to a node."""

    hash: int
    """0 to 2^32 - 1, clockwise."""
    node: str


@dataclass(slots=True)
class RingState:
    """Which nodes are on the ring."""

    epoch: int
    """Grows by one with each change; the highest one counts."""
    nodes: list[str]
    """In order of their ids."""


def hash32(text: str) -> int:
    """A number between 0 and 2^32 - 1 that looks random and is the same everywhere: of SHA-256 the first 8 hex
    digits.
    """
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def build_ring(nodes: Sequence[str], vnodes: int) -> list[Point]:
    """Puts every node on the ring at `vnodes` points: `node1#0`, `node1#1`, ... are hashed. Where a node's points are
    does not depend on the other nodes.

    Returns:
        All points, clockwise.
    """
    # TODO(session 3): for each node make vnodes points with hash32, and sort all of them by their hash.
    raise NotImplementedError("not implemented: build-ring")


def owners_of(ring: Sequence[Point], key: str, replicas: int) -> list[str]:
    """The nodes that own a key: from the key's own place clockwise, the first `replicas` different nodes.

    Args:
        ring: The points, clockwise.

    Returns:
        Fewer if there are fewer nodes; in the order in which they are met.
    """
    # TODO(session 3): find the first point that is not before the key's hash32, and walk on from there
    # until you have met `replicas` different nodes. What comes after the last point?
    raise NotImplementedError("not implemented: build-ring")
