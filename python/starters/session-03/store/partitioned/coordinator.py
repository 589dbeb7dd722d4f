from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any

from shared.http_error import HttpError
from shared.json_body import any_field, string_field
from store.gather import gather
from store.partitioned.entry import Change, Entry, parse_entry
from store.partitioned.membership import Membership
from store.partitioned.merge import resolve
from store.partitioned.messages import Message, Network
from store.partitioned.replica import Replica
from store.partitioned.settings import Mode, StoreSettings
from store.partitioned.unavailable import unavailable


@dataclass(slots=True)
class _Replies:
    """What the owners of a key answered when they were asked for it."""

    owners: Sequence[str]
    reachable: Sequence[str]
    """Those that answered."""
    entries: Sequence[Entry]
    """What they hold. An owner that has never heard of the key holds nothing."""


def can_serve(reachable: int, owners: int, mode: Mode) -> bool:
    """Whether a request may be served. `cp` would rather refuse than be wrong, and needs more than half of the owners:
    so any two requests have an owner in common. `ap` would rather be wrong than refuse, and needs one.

    Args:
        reachable: How many of the key's owners answer.
        owners: How many owners the key has.
    """
    # TODO(session 3): how many owners does each mode need?
    raise NotImplementedError("not implemented: can-serve")


class Coordinator:
    """Reads and writes a key at all of its owners. Every owner can coordinate; there is no leader."""

    def __init__(
        self,
        network: Network,
        settings: StoreSettings,
        membership: Membership,
        replica: Replica,
        timestamp: Callable[[], int],
    ) -> None:
        """`timestamp` gives the wall-clock time of a write, in epoch ms."""
        self._network = network
        self._settings = settings
        self._membership = membership
        self._replica = replica
        self._timestamp = timestamp

    async def read(self, key: str) -> Entry | None:
        """Reads a key: the best of what its owners hold.

        Returns:
            None if the owners that answer have never heard of the key.

        Raises:
            HttpError: 503 `no_quorum` if too few owners answer.
        """
        replies = await self._ask_owners(key)
        # TODO(session 3): a single owner is this node itself. Of several some may not answer: ask can_serve,
        # and raise _no_quorum where it says no.
        if len(replies.owners) > 1:
            raise NotImplementedError("not implemented: can-serve")
        return self._best(replies.entries)

    async def write(self, key: str, change: Change) -> Entry:
        """Writes a key: asks the owners for the highest version, then tells them the next one.

        Returns:
            The new entry, only after enough owners have it on disk.

        Raises:
            HttpError: 503 `no_quorum` if too few owners answer, and nobody was told;
                504 `timeout` if owners were told and too few have confirmed.
        """
        replies = await self._ask_owners(key)
        # TODO(session 3): a single owner is this node itself. Of several, too few may answer: ask can_serve, as in
        # read. And _tell_owners returns how many have confirmed: ask can_serve again, and raise _unconfirmed
        # where it says no. Why would _no_quorum be wrong then?
        if len(replies.owners) > 1:
            raise NotImplementedError("not implemented: can-serve")
        entry = self._next_entry(key, change, replies)
        await self._tell_owners(entry, replies)
        return entry

    def serves(self, key: str) -> bool:
        """Whether this node owns the key."""
        return self._network.node_id in self._membership.owners_of(key)

    async def server_of(self, key: str) -> str:
        """An owner that answers, the first to do so. Nobody is told anything yet. Raises HttpError 503 `no_quorum`."""
        owners = self._membership.owners_of(key)
        answers = await gather(owners, lambda owner: self._ask(owner, key), lambda count: count > 0)
        for first in answers:
            return first
        raise _no_quorum(key, _Replies(owners, reachable=[], entries=[]))

    async def on_read(self, data: dict[str, Any]) -> dict[str, Any]:
        """Message `read`: what this owner holds of a key. Only after it is on disk: a crash must not take it back."""
        key = string_field(data, "key")
        self._require_owned(key)
        entry = self._replica.get(key)
        await self._replica.sync()
        return {"entry": None if entry is None else asdict(entry)}

    async def on_write(self, data: dict[str, Any]) -> dict[str, Any]:
        """Message `write`: this owner takes the entry in."""
        entry = parse_entry(any_field(data, "entry"))
        self._require_owned(entry.key)
        self._require_settled_ring()
        self._replica.store(entry)
        await self._replica.sync()
        return {}

    async def _ask_owners(self, key: str) -> _Replies:
        """Asks all owners of a key. In mode `ap` it waits for each of them, in `cp` only for enough."""
        owners = self._membership.owners_of(key)
        enough = self._enough(len(owners), len(owners))
        answers = await gather(owners, lambda owner: self._ask(owner, key), enough)
        entries = [entry for entry in answers.values() if entry is not None]
        return _Replies(owners, list(answers), entries)

    async def _ask(self, owner: str, key: str) -> Entry | None:
        message = Message("read", {"key": key})
        reply = await self._network.send(owner, message, self._settings.replica_timeout_ms)
        return None if reply["entry"] is None else Entry(**reply["entry"])

    def _next_entry(self, key: str, change: Change, replies: _Replies) -> Entry:
        """The entry that comes after everything that was heard."""
        # Another write may have come in here since the owners were asked.
        mine = self._replica.get(key)
        known = replies.entries if mine is None else [*replies.entries, mine]
        version = 1 + max((entry.version for entry in known), default=0)
        seen: dict[str, int] = {}
        for entry in known:
            for node, highest in entry.seen.items():
                seen[node] = max(seen.get(node, 0), highest)
        seen[self._network.node_id] = version
        return Entry(
            key=key,
            value=change.value,
            deleted=change.deleted,
            version=version,
            timestamp=self._timestamp(),
            writer=self._network.node_id,
            seen=seen,
        )

    async def _tell_owners(self, entry: Entry, replies: _Replies) -> int:
        """Tells all owners, also those that did not answer before. Returns how many have the entry on disk."""
        self._require_settled_ring()
        # On the own disk first. A writer that forgot what it told others would give the same version away twice.
        self._replica.store(entry)
        await self._replica.sync()
        message = Message("write", {"entry": asdict(entry)})

        async def tell(owner: str) -> None:
            if owner != self._network.node_id:
                await self._network.send(owner, message, self._settings.replica_timeout_ms)

        enough = self._enough(len(replies.owners), len(replies.reachable))
        return len(await gather(replies.owners, tell, enough))

    def _enough(self, owners: int, most: int) -> Callable[[int], bool]:
        """Whether to stop waiting: when `most` have answered, and in mode `cp` also when can_serve is content."""
        mode = self._settings.mode
        return lambda answers: answers >= most or (mode == "cp" and can_serve(answers, owners, mode))

    def _best(self, entries: Sequence[Entry]) -> Entry | None:
        if not entries:
            return None
        return reduce(lambda best, entry: resolve(best, entry, self._settings.mode), entries)

    def _require_owned(self, key: str) -> None:
        """Nodes may disagree for a moment about the ring. Raises HttpError 503 `no_quorum`."""
        if self.serves(key):
            return
        epoch = self._membership.ring.epoch
        raise unavailable(f'{self._network.node_id} does not own "{key}" on its ring (epoch {epoch}).')

    def _require_settled_ring(self) -> None:
        """Raises HttpError 503 `no_quorum` while keys are being moved."""
        if self._membership.changing:
            raise unavailable("The ring is being changed: nobody can write until the keys are moved.")


def _no_quorum(key: str, replies: _Replies) -> HttpError:
    who = f"only {', '.join(replies.reachable)}" if replies.reachable else "none"
    return unavailable(f'Of {", ".join(replies.owners)}, the owners of "{key}", {who} can be reached.')


def _unconfirmed(key: str, confirmed: int, owners: Sequence[str]) -> HttpError:
    message = f'Only {confirmed} of {len(owners)} owners have confirmed "{key}". It may have been written.'
    return HttpError(504, "timeout", message)
