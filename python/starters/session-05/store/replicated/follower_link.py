import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from shared.rpc_client import NoAnswer
from store.gather import in_background
from store.replicated.entry import whole_number
from store.replicated.replication_log import ReplicationLog
from store.replicated.rpc import Fields, Peers


@dataclass(slots=True)
class LinkSettings:
    """What the links to all followers of a leader have in common."""

    term: int
    leader: str
    log: ReplicationLog
    peers: Peers
    commit_index: Callable[[], int]
    stored: Callable[[], None]
    """Told when the follower has stored more."""


class FollowerLink:
    """A leader's way to one of its followers."""

    def __init__(self, follower: str, settings: LinkSettings) -> None:
        self.follower = follower
        self._settings = settings
        # Index of the entry that is sent next.
        self._next = settings.log.last_index + 1
        self._stored_index = 0
        self._sending = False
        self._heard_at = time.monotonic()
        self._closed = False

    @property
    def stored_index(self) -> int:
        """Up to which index the follower is known to have the leader's log on disk."""
        return self._stored_index

    @property
    def heard_at(self) -> float:
        """When it last answered, by `time.monotonic`."""
        return self._heard_at

    def close(self) -> None:
        """Sends nothing more."""
        self._closed = True

    async def heartbeat(self) -> None:
        """Says "I am here". Raises NoAnswer if the follower is silent, or follows somebody else."""
        log = self._settings.log
        data = {
            "leader": self._settings.leader,
            "commitIndex": self._settings.commit_index(),
            "lastLogIndex": log.last_index,
        }
        answer = await self._call("Heartbeat", data)
        if answer.get("ok") is not True:
            raise NoAnswer(f"{self.follower} follows somebody else")
        if self._sending or self._stored_index == log.last_index:
            return
        # It lacks something, or has something else: try at the end of its log.
        self._next = min(whole_number(answer, "lastLogIndex"), log.last_index) + 1
        self.push()

    def push(self) -> None:
        """Sends what is new in the log, unless that is being done."""
        if not self._sending:
            self._sending = True
            in_background(self._send())

    async def _send(self) -> None:
        """Sends one part of the log after the other, until the follower has it all, refuses a part, or is silent."""
        log = self._settings.log
        try:
            while not self._closed:
                entries = log.batch_from(self._next)
                prev_index = self._next - 1
                data = {
                    "prevIndex": prev_index,
                    "prevTerm": log.term_at(prev_index) or 0,
                    "entries": [asdict(entry) for entry in entries],
                    "commitIndex": self._settings.commit_index(),
                }
                answer = await self._call("Replicate", data)
                # Its log ends earlier, or is another one. It asks for what it lacks; the next heartbeat tells where it
                # is.
                if answer.get("ok") is not True:
                    return
                self._next = prev_index + len(entries) + 1
                self._stored_index = max(self._stored_index, self._next - 1)
                self._settings.stored()
                if self._next > log.last_index:
                    return
        except NoAnswer:
            pass
        finally:
            self._sending = False

    async def _call(self, type: str, data: Fields) -> Fields:
        if self._closed:
            raise NoAnswer("this leadership is over")
        answer = await self._settings.peers.call(self.follower, type, self._settings.term, data)
        if self._closed:
            raise NoAnswer("this leadership is over")
        if answer.get("ok") is True:
            self._heard_at = time.monotonic()
        return answer
