import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shared.http_error import HttpError
from shared.json_body import any_field, number_field, object_body
from store.partitioned.journal import Journal
from store.partitioned.ring import Point, RingState, build_ring, owners_of


@dataclass(slots=True)
class _Next:
    ring: RingState
    until: float


class Membership:
    """What a node knows of the ring, and whether the ring is being changed."""

    def __init__(self, journal: Journal, ring: RingState, vnodes: int, replicas: int) -> None:
        self._journal = journal
        self._ring = ring
        self.vnodes = vnodes
        self.replicas = replicas
        # Built when it is needed for the first time.
        self._points: list[Point] | None = None
        self._next: _Next | None = None

    @property
    def ring(self) -> RingState:
        return self._ring

    @property
    def points(self) -> Sequence[Point]:
        """The ring's points, clockwise."""
        if self._points is None:
            self._points = build_ring(self._ring.nodes, self.vnodes)
        return self._points

    def owners_of(self, key: str) -> list[str]:
        return owners_of(self.points, key, self.replicas)

    def owners_on(self, ring: RingState) -> Callable[[str], list[str]]:
        """Tells the owners of a key if the ring were another one."""
        points = build_ring(ring.nodes, self.vnodes)
        return lambda key: owners_of(points, key, self.replicas)

    @property
    def changing(self) -> bool:
        """Whether the ring is being changed, so that nobody may write."""
        return self._next is not None and _now_ms() < self._next.until

    def prepare(self, ring: RingState, within_ms: float) -> bool:
        """From now on nobody may write, until the ring is adopted, or the change is called off or takes too long.

        Returns:
            False if this node knows a ring as new as this one, or another change is under way.
        """
        if not is_newer(ring, self._ring) or self.changing:
            return False
        self._next = _Next(ring, _now_ms() + within_ms)
        return True

    def cancel(self, ring: RingState) -> None:
        """Calls off the change to this ring."""
        if self._is_next(ring):
            self._next = None

    def is_prepared(self, ring: RingState) -> bool:
        """Whether the change to this ring was prepared here and nobody has written since."""
        return self.changing and self._is_next(ring)

    def adopt(self, ring: RingState) -> None:
        """Goes over to this ring if it is newer. Safe on disk only after the journal's next `sync`."""
        if not is_newer(ring, self._ring):
            return
        self._ring = ring
        self._points = None
        self._next = None
        self._journal.append({"ring": asdict(ring)})

    def _is_next(self, ring: RingState) -> bool:
        return self._next is not None and self._next.ring == ring


def is_newer(ring: RingState, other: RingState) -> bool:
    """Two nodes may have changed the ring at the same time: then the order of the names decides, everywhere alike."""
    if ring.epoch != other.epoch:
        return ring.epoch > other.epoch
    return ",".join(ring.nodes) > ",".join(other.nodes)


def parse_ring(body: Any) -> RingState:
    """Reads a ring that another node sent. Raises HttpError 400."""
    fields = object_body(body)
    return RingState(epoch=int(number_field(fields, "epoch")), nodes=parse_nodes(fields))


def parse_nodes(fields: dict[str, Any]) -> list[str]:
    """Reads the field `nodes`: ids, at least one, none twice. Raises HttpError 400."""
    nodes = any_field(fields, "nodes")
    valid = isinstance(nodes, list) and all(isinstance(node, str) and node for node in nodes)
    if not valid or not nodes or len(set(nodes)) < len(nodes):
        message = '"nodes" must be a list of node ids: at least one, none of them twice.'
        raise HttpError(400, "bad_request", message)
    return sorted(nodes)


def _now_ms() -> float:
    return time.monotonic() * 1000
