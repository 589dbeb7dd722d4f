import asyncio
import time
from collections.abc import Callable

from shared.rpc_client import NoAnswer
from store.gather import gather, in_background
from store.replicated.entry import Change, ReplicationLogEntry
from store.replicated.follower_link import FollowerLink, LinkSettings
from store.replicated.key_values import KeyValues
from store.replicated.replication_log import ReplicationLog
from store.replicated.rpc import Peers
from store.replicated.settings import ReplicationSettings
from store.replicated.watermark import Watermark
from store.replicated.write import majority_index


class Leadership:
    """What a node does while it leads: it writes the log, sends it to the followers, and counts who has what. One a
    term.
    """

    def __init__(
        self,
        leader: str,
        term: int,
        log: ReplicationLog,
        key_values: KeyValues,
        peers: Peers,
        settings: ReplicationSettings,
        lose_majority: Callable[[], None],
    ) -> None:
        """
        Args:
            leader: This node.
            lose_majority: Called when no majority was heard for ELECTION_MAX_MS.
        """
        self.term = term
        self._log = log
        self._key_values = key_values
        self._peers = peers
        self._settings = settings
        self._lose_majority = lose_majority
        shared = LinkSettings(
            term, leader, log, peers, commit_index=lambda: key_values.commit_index, stored=self._count
        )
        self._links = [FollowerLink(follower, shared) for follower in peers.names]
        # Up to which index the log is on this node's own disk.
        self._own_index = 0
        # Up to which index a majority has it, as long as this node leads.
        self._on_majority = Watermark()
        # Up to which index all nodes have it.
        self._on_all = Watermark()
        self._next_beat: asyncio.TimerHandle | None = None
        self._first_index = 0
        self._over = False

    def begin(self) -> None:
        """Begins with an entry that changes nothing. When a majority has it, then so it has everything before it: what
        earlier leaders have left is committed along with it. (Raft paper, sections 5.4.2 and 8)
        """
        first = self.append(None, Change(value=None, deleted=False))
        self._first_index = first.index
        self._beat()
        self.send_to_followers()
        in_background(self.store(first))

    def end(self) -> None:
        """Somebody else leads, or nobody. Whoever still waits learns that it was not safe."""
        self._over = True
        if self._next_beat is not None:
            self._next_beat.cancel()
        for link in self._links:
            link.close()
        self._on_majority.abandon()
        self._on_all.abandon()

    def append(self, key: str | None, change: Change) -> ReplicationLogEntry:
        """Writes an entry at the end of the leader's log: in memory, not yet on disk."""
        return self._log.append(self.term, key, change)

    def send_to_followers(self) -> None:
        """Sends the followers what they lack, and waits for none of them."""
        for link in self._links:
            link.push()

    async def store(self, entry: ReplicationLogEntry) -> None:
        """Waits until an entry, and all before it, are on the leader's own disk, and counts that."""
        await self._log.sync()
        self._own_index = max(self._own_index, entry.index)
        self._count()

    async def is_on_majority(self, index: int) -> bool:
        """Whether a majority gets the entry with this index, in time and while this node leads."""
        return await self._within(self._on_majority, index)

    async def is_on_all(self, index: int) -> bool:
        """Whether every node gets the entry with this index, in time and while this node leads."""
        return await self._within(self._on_all, index)

    async def confirm(self) -> bool:
        """Whether this node still leads: asks all nodes now. A majority that follows it has elected nobody else so far;
        what a node was asked earlier proves nothing about now.
        """
        links = {link.follower: link for link in self._links}

        def enough(answers: int) -> bool:
            return answers + 1 >= self._peers.majority

        answers = await gather(self._peers.names, lambda follower: links[follower].heartbeat(), enough)
        return not self._over and enough(len(answers))

    async def is_ready(self) -> bool:
        """Whether this leader knows everything that earlier ones have promised: its own first entry is committed."""
        return await self.is_on_majority(self._first_index)

    async def _within(self, watermark: Watermark, index: int) -> bool:
        return not self._over and await watermark.reaches(index, self._settings.request_timeout_ms)

    def _count(self) -> None:
        """Somebody has stored more: what is on a majority is committed, if this leader has written it."""
        if self._over:
            return
        stored = [self._own_index, *(link.stored_index for link in self._links)]
        index = majority_index(stored)
        if self._log.term_at(index) == self.term:
            self._key_values.commit(index)
            self._on_majority.raise_to(index)
        self._on_all.raise_to(min(stored))

    def _beat(self) -> None:
        if not self._hears_majority():
            self._lose_majority()
            return
        loop = asyncio.get_running_loop()
        self._next_beat = loop.call_later(self._settings.heartbeat_ms / 1000, self._beat)
        for link in self._links:
            in_background(_try_heartbeat(link))

    def _hears_majority(self) -> bool:
        """A leader that nobody hears may have been replaced long ago."""
        since = time.monotonic() - self._settings.election_max_ms / 1000
        heard = sum(link.heard_at > since for link in self._links)
        return heard + 1 >= self._peers.majority


async def _try_heartbeat(link: FollowerLink) -> None:
    try:
        await link.heartbeat()
    except NoAnswer:
        pass
