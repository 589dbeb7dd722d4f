import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

# So many points on the ring for each server.
POINTS = 64


@dataclass(slots=True)
class Point:
    """A point on the ring of hashes, and the server it stands for."""

    hash: int
    server: str


def hash32(text: str) -> int:
    """The first 32 bits of SHA-256, as an unsigned number: the same in every language."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def build_ring(servers: Sequence[str]) -> list[Point]:
    """All points of all servers, clockwise. Source: Karger et al., Consistent Hashing and Random Trees, 1997."""
    points = [Point(hash32(f"{server}#{i}"), server) for server in servers for i in range(POINTS)]
    return sorted(points, key=lambda point: (point.hash, point.server))


# ANCHOR: sequencer-of
def sequencer_of(ring: Sequence[Point], room_id: str) -> str:
    """The server that numbers a room's messages: the first one clockwise from the room's own place."""
    place = hash32(room_id)
    return next((point for point in ring if point.hash >= place), ring[0]).server


# ANCHOR_END: sequencer-of
