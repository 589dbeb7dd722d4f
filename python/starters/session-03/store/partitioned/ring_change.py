from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from shared.http_error import HttpError
from shared.json_body import any_field, string_field
from shared.rpc_client import NoAnswer
from store.gather import everyone, gather
from store.partitioned.entry import Entry
from store.partitioned.membership import Membership, is_newer, parse_ring
from store.partitioned.messages import Message, Network
from store.partitioned.reconciler import Reconciler
from store.partitioned.replica import Replica
from store.partitioned.ring import RingState
from store.partitioned.unavailable import unavailable


class RingChange:
    """Lets nodes join and leave the ring, in two steps, so that no reader is told that a key is gone which has only
    moved:

    1. `copy`: nobody writes any more, and each node copies its keys to their new owners.
    2. `switch`: each node goes over to the new ring, and lets go of what it no longer owns.
    """

    def __init__(
        self,
        network: Network,
        membership: Membership,
        replica: Replica,
        reconciler: Reconciler,
        timeout_ms: float,
    ) -> None:
        """`timeout_ms` is how long a node may take over one step."""
        self._network = network
        self._membership = membership
        self._replica = replica
        self._reconciler = reconciler
        self._timeout_ms = timeout_ms

    async def change(self, nodes: list[str]) -> int:
        """Puts these nodes on the ring and no others. Those that stay, join or leave must all take part: if a node is
        dead, nobody can say what it alone holds.

        Returns:
            How many keys were handed to a node that did not own them before.

        Raises:
            HttpError: 503 `no_quorum` if a node does not take part, and the ring stays as it was;
                504 `timeout` if a node has not confirmed the new ring.
        """
        before = self._membership.ring
        ring = RingState(before.epoch + 1, nodes)
        all_nodes = [self._network.node_id, *self._network.peers]
        needed = [node for node in all_nodes if node in nodes or node in before.nodes]
        copied = await self._tell(all_nodes, "copy", ring, everyone)
        silent = [node for node in needed if node not in copied]
        if silent:
            await self._tell(all_nodes, "cancel", ring, lambda answers: answers >= len(copied))
            who = ", ".join(silent)
            raise unavailable(f"The ring stays as it was: {who} cannot take part in a change.")
        switched = await self._tell(list(copied), "switch", ring, everyone)
        late = [node for node in needed if node not in switched]
        if late:
            message = f"The ring has changed, but {', '.join(late)} may not know it yet."
            raise HttpError(504, "timeout", message)
        return sum(copied.values())

    async def on_ring(self, data: dict[str, Any]) -> dict[str, Any]:
        """Message `ring`: one step of a change that another node, or this one, has begun."""
        ring = parse_ring(any_field(data, "ring"))
        step = string_field(data, "step")
        match step:
            case "copy":
                return {"moved": await self._copy(ring)}
            case "switch":
                self._require_prepared(ring)
                self._membership.adopt(ring)
                await self._reconciler.hand_over()
                return {"moved": 0}
            case "cancel":
                self._membership.cancel(ring)
                return {"moved": 0}
            case _:
                raise HttpError(400, "bad_request", f'"step" cannot be "{step}".')

    async def _copy(self, ring: RingState) -> int:
        """Copies this node's keys to those nodes that own them on the new ring and not on the old one.

        Returns:
            How many keys they are. Of several owners only the first counts a key, so that it is counted once.
        """
        # A little longer than all nodes together may take, so that nobody writes before everyone has heard of it.
        if not self._membership.prepare(ring, 3 * self._timeout_ms):
            raise unavailable(f"{self._network.node_id} knows of another change of the ring.")
        owners_after = self._membership.owners_on(ring)
        gained: dict[str, list[Entry]] = {node: [] for node in ring.nodes}
        moved = 0
        for entry in self._replica.all():
            before = self._membership.owners_of(entry.key)
            added = [owner for owner in owners_after(entry.key) if owner not in before]
            for owner in added:
                gained[owner].append(entry)
            if added and before[0] == self._network.node_id and not entry.deleted:
                moved += 1
        for owner, entries in gained.items():
            await self._deliver(owner, entries)
        return moved

    async def _deliver(self, owner: str, entries: Sequence[Entry]) -> None:
        try:
            await self._reconciler.deliver(owner, entries)
        except NoAnswer:
            raise unavailable(f"{owner} does not take the keys that it would own.") from None

    def _require_prepared(self, ring: RingState) -> None:
        """A node may have heard of the new ring in another way. Otherwise its keys must not have changed since
        `copy`.
        """
        if is_newer(ring, self._membership.ring) and not self._membership.is_prepared(ring):
            raise unavailable("It is too late for this change of the ring.")

    async def _tell(
        self, nodes: Sequence[str], step: str, ring: RingState, enough: Callable[[int], bool]
    ) -> dict[str, int]:
        """Has these nodes do one step. Returns how many keys each of those has moved that have done it."""
        message = Message("ring", {"step": step, "ring": asdict(ring)})

        async def tell(node: str) -> int:
            reply = await self._network.send(node, message, self._timeout_ms)
            moved: int = reply["moved"]
            return moved

        return await gather(nodes, tell, enough)
