import asyncio
import contextlib
import json
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from shared.http_error import HttpError
from shared.json_body import any_field, string_field
from shared.rpc_client import NoAnswer
from store.partitioned.entry import Entry, parse_entry, stamp_of
from store.partitioned.membership import Membership, parse_ring
from store.partitioned.messages import Message, Network
from store.partitioned.replica import Replica
from store.partitioned.ring import RingState, hash32
from store.partitioned.settings import StoreSettings

T = TypeVar("T")

# The ring is compared in this many arcs of equal length.
ARCS = 64
# So many stamps in one message.
STAMPS_AT_ONCE = 500
# So many bytes of entries in one message, unless one entry alone has more.
BYTES_AT_ONCE = 256 * 1024


class Reconciler:
    """Brings owners together that have missed something: compares what this node holds with every other node again and
    again, and sends what differs. (Anti-entropy.)
    """

    def __init__(
        self, network: Network, settings: StoreSettings, membership: Membership, replica: Replica
    ) -> None:
        self._network = network
        self._settings = settings
        self._membership = membership
        self._replica = replica
        self._stopping = asyncio.Event()
        # By peer: what the sums were computed from, and the sums.
        self._sums: dict[str, tuple[str, list[int]]] = {}
        # As `_basis` was when there was nothing to hand over.
        self._tidy_basis = ""

    async def run(self) -> None:
        """Compares until it is stopped."""
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._settings.reconcile_ms / 1000)
            if self._stopping.is_set():
                return
            try:
                await asyncio.gather(*(self._compare_with(peer) for peer in self._network.peers))
                await self.hand_over()
            except Exception:
                # Nobody is there to be answered. The next round tries again.
                traceback.print_exc()

    def stop(self) -> None:
        self._stopping.set()

    async def _compare_with(self, peer: str) -> None:
        """Sends the peer what it should hold and has missed. What this node has missed, the peer sends in its own
        round.
        """
        # Silent or cut off: a later round will do.
        with contextlib.suppress(NoAnswer):
            sums = self._sums_with(peer)
            mine = {"from": self._network.node_id, "ring": asdict(self._membership.ring), "sums": sums}
            reply = await self._call(peer, "sums", mine)
            self._membership.adopt(RingState(**reply["ring"]))
            arcs = reply["arcs"]
            entries = [entry for entry in self._shared_with(peer) if _arc_of(entry.key) in arcs]
            for some in _in_batches(entries, STAMPS_AT_ONCE, lambda _: 1):
                stamps = [[entry.key, stamp_of(entry)] for entry in some]
                wanted = (await self._call(peer, "stamps", {"stamps": stamps}))["wanted"]
                await self.deliver(peer, [entry for entry in some if entry.key in wanted])

    async def on_sums(self, data: dict[str, Any]) -> dict[str, Any]:
        """Message `sums`: in which arcs of the ring this node holds something else than the sender."""
        sender = string_field(data, "from")
        theirs = any_field(data, "sums")
        if not isinstance(theirs, list):
            raise HttpError(400, "bad_request", '"sums" must be a list.')
        self._membership.adopt(parse_ring(any_field(data, "ring")))
        mine = self._sums_with(sender)
        arcs = [arc for arc, sum in enumerate(mine) if theirs[arc : arc + 1] != [sum]]
        await self._replica.sync()
        return {"ring": asdict(self._membership.ring), "arcs": arcs}

    async def on_stamps(self, data: dict[str, Any]) -> dict[str, Any]:
        """Message `stamps`: of which keys this node does not hold what the sender holds."""
        stamps = any_field(data, "stamps")
        if not isinstance(stamps, list) or not all(_is_pair(stamp) for stamp in stamps):
            raise HttpError(400, "bad_request", '"stamps" must be a list of pairs.')
        wanted: list[str] = []
        for key, stamp in stamps:
            mine = self._replica.get(key)
            if mine is None or stamp_of(mine) != stamp:
                wanted.append(key)
        return {"wanted": wanted}

    async def on_copy(self, data: dict[str, Any]) -> dict[str, Any]:
        """Message `copy`: takes in entries that are old news elsewhere."""
        entries = any_field(data, "entries")
        if not isinstance(entries, list):
            raise HttpError(400, "bad_request", '"entries" must be a list.')
        for entry in [parse_entry(each) for each in entries]:
            self._replica.store(entry)
        await self._replica.sync()
        return {}

    async def deliver(self, to: str, entries: Sequence[Entry]) -> None:
        """Returns when the other node has all these entries on disk. Raises NoAnswer."""
        wire = [asdict(entry) for entry in entries]
        for some in _in_batches(wire, BYTES_AT_ONCE, lambda entry: len(json.dumps(entry))):
            await self._call(to, "copy", {"entries": some})

    async def hand_over(self) -> None:
        """Gives away what this node holds and does not own, and lets go of it once all owners have it."""
        ring = self._membership.ring
        basis = self._basis()
        if self._membership.changing or basis == self._tidy_basis:
            return
        me = self._network.node_id
        strays = [entry for entry in self._replica.all() if not self._is_owner(me, entry.key)]
        if not strays:
            self._tidy_basis = basis
        unreached: list[str] = []
        for owner in ring.nodes:
            theirs = [entry for entry in strays if self._is_owner(owner, entry.key)]
            try:
                await self.deliver(owner, theirs)
            except NoAnswer:
                unreached.append(owner)
        # If anything has changed meanwhile, the next round takes care of it.
        if ring is not self._membership.ring:
            return
        for stray in strays:
            safe = not any(self._is_owner(owner, stray.key) for owner in unreached)
            if safe and self._replica.get(stray.key) is stray:
                self._replica.drop(stray.key)
        await self._replica.sync()

    def _is_owner(self, node: str, key: str) -> bool:
        return node in self._membership.owners_of(key)

    def _basis(self) -> str:
        """What a look at all entries depends on: as long as it is the same, nobody need look again."""
        return f"{self._replica.changes} {self._membership.ring}"

    def _shared_with(self, peer: str) -> list[Entry]:
        """The entries that both this node and the peer should hold."""
        both = {self._network.node_id, peer}
        return [entry for entry in self._replica.all() if both <= set(self._membership.owners_of(entry.key))]

    def _sums_with(self, peer: str) -> list[int]:
        """For each arc of the ring a sum over the stamps of all shared entries in it, in whatever order."""
        basis = self._basis()
        known_basis, known_sums = self._sums.get(peer, ("", []))
        if known_basis == basis:
            return known_sums
        sums = [0] * ARCS
        for entry in self._shared_with(peer):
            arc = _arc_of(entry.key)
            sums[arc] = (sums[arc] + hash32(f"{entry.key} {stamp_of(entry)}")) % 2**32
        self._sums[peer] = (basis, sums)
        return sums

    async def _call(self, to: str, type: str, data: dict[str, Any]) -> Any:
        return await self._network.send(to, Message(type, data), self._settings.replica_timeout_ms)


def _arc_of(key: str) -> int:
    return hash32(key) // (2**32 // ARCS)


def _is_pair(stamp: Any) -> bool:
    return isinstance(stamp, list) and len(stamp) == 2 and isinstance(stamp[0], str)


def _in_batches(items: Iterable[T], most: int, size: Callable[[T], int]) -> Iterator[list[T]]:
    """Cuts a list into pieces whose sizes add up to `most` at most, unless one item alone is larger."""
    batch: list[T] = []
    total = 0
    for item in items:
        more = size(item)
        if batch and total + more > most:
            yield batch
            batch = []
            total = 0
        batch.append(item)
        total += more
    if batch:
        yield batch
