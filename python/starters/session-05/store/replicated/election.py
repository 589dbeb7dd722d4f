import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from shared.rpc_client import NoAnswer
from shared.trace import Trace
from store.gather import in_background
from store.replicated.node_state import NodeState
from store.replicated.replication_log import ReplicationLog
from store.replicated.rpc import Fields, Peers
from store.replicated.settings import ReplicationSettings
from store.replicated.vote import Voter, parse_vote_request, should_grant_vote


@dataclass(slots=True)
class ElectionListener:
    """What the rest of the node does when leadership changes hands."""

    elected: Callable[[], None]
    """This node leads from now on, in the state's term."""
    deposed: Callable[[], None]
    """This node leads no longer."""


class Election:
    """Decides who leads: waits for a leader, stands for election, votes, and steps down."""

    def __init__(
        self,
        state: NodeState,
        log: ReplicationLog,
        peers: Peers,
        settings: ReplicationSettings,
        listener: ElectionListener,
        trace: Trace,
    ) -> None:
        self._state = state
        self._log = log
        self._peers = peers
        self._settings = settings
        self._listener = listener
        self._trace = trace
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    def start(self) -> None:
        self._wait_for_leader()

    def stop(self) -> None:
        self._stopped = True
        self._clear_timer()

    def observe_term(self, term: int) -> None:
        """Every message and every answer carries its sender's term. A later one means: this node's term is over."""
        if term <= self._state.term:
            return
        self._state.enter_term(term, None)
        self.become_follower(None)

    def become_follower(self, leader: str | None) -> None:
        """From now on this node follows: the leader of its term, or nobody (None) until one is heard."""
        role = self._state.role
        self._state.role = "follower"
        self._state.leader = leader
        if leader is not None or role == "leader":
            self._wait_for_leader()
        if role == "leader":
            self._listener.deposed()
        if role != "follower":
            self._trace_role()

    async def on_request_vote(self, term: int, from_: str, data: Fields) -> Fields:
        """Message `RequestVote`: a candidate asks for this node's vote."""
        request = parse_vote_request(term, from_, data)
        voter = Voter(
            term=self._state.term,
            voted_for=self._state.voted_for,
            last_log_term=self._log.last_term,
            last_log_index=self._log.last_index,
        )
        granted = should_grant_vote(voter, request)
        if granted:
            self._state.vote_for(from_)
            self._wait_for_leader()
        await self._state.sync()
        return {"granted": granted}

    def _wait_for_leader(self) -> None:
        """Waits for a leader, once more from the beginning. The time is a random one: seldom do two nodes stand at
        once.
        """
        self._clear_timer()
        if self._stopped or self._state.role == "leader":
            return
        timeout_ms = random.uniform(self._settings.election_min_ms, self._settings.election_max_ms)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(timeout_ms / 1000, lambda: in_background(self._stand()))

    def _clear_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def _stand(self) -> None:
        """Nobody leads, as far as this node knows: it asks the others to vote for it, in a new term."""
        state = self._state
        term = state.term + 1
        state.enter_term(term, state.node_id)
        state.role = "candidate"
        state.leader = None
        self._trace_role()
        self._wait_for_leader()
        await state.sync()
        votes = 0

        def standing() -> bool:
            return state.role == "candidate" and state.term == term and not self._stopped

        def count_vote() -> None:
            nonlocal votes
            votes += 1
            if standing() and votes >= self._peers.majority:
                self._win()

        async def ask(peer: str) -> None:
            if standing() and await self._ask_for_vote(peer, term):
                count_vote()

        count_vote()
        await asyncio.gather(*(ask(peer) for peer in self._peers.names))

    async def _ask_for_vote(self, peer: str, term: int) -> bool:
        data = {"lastLogTerm": self._log.last_term, "lastLogIndex": self._log.last_index}
        try:
            answer = await self._peers.call(peer, "RequestVote", term, data)
        except NoAnswer:
            return False
        return answer.get("granted") is True

    def _win(self) -> None:
        self._clear_timer()
        self._state.role = "leader"
        self._state.leader = self._state.node_id
        self._trace_role()
        self._listener.elected()

    def _trace_role(self) -> None:
        state = self._state
        self._trace.event("state", {"role": state.role, "term": state.term, "leader": state.leader})
