from typing import Literal

from store.replicated.journal import Journal, Remembered

Role = Literal["leader", "follower", "candidate"]


class NodeState:
    """Who leads, in which term, and what this node has to do with it."""

    def __init__(self, node_id: str, journal: Journal, remembered: Remembered) -> None:
        self.node_id = node_id
        self.role: Role = "follower"
        # None while nobody is known to lead.
        self.leader: str | None = None
        self._journal = journal
        self._term = remembered.term
        self._voted_for = remembered.voted_for

    @property
    def term(self) -> int:
        return self._term

    @property
    def voted_for(self) -> str | None:
        """Who got this node's vote in this term."""
        return self._voted_for

    def enter_term(self, term: int, voted_for: str | None) -> None:
        """Goes on to a later term. On disk only after `sync`: no answer may leave before."""
        self._term = term
        self._voted_for = voted_for
        self._journal.append({"term": term, "votedFor": voted_for})

    def vote_for(self, candidate: str) -> None:
        """Gives this term's vote away. On disk only after `sync`: a node that forgets its vote votes twice."""
        self.enter_term(self._term, candidate)

    async def sync(self) -> None:
        """Returns when term and vote are on disk."""
        await self._journal.sync()
