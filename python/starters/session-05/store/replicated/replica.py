from collections.abc import Awaitable, Callable
from dataclasses import asdict

from shared.config import Config
from shared.http_error import HttpError
from shared.rpc_client import RpcClient
from shared.trace import Trace
from store.replicated.election import Election, ElectionListener
from store.replicated.entry import whole_number
from store.replicated.follower import Follower
from store.replicated.journal import Journal, Remembered
from store.replicated.key_values import KeyValues
from store.replicated.leadership import Leadership
from store.replicated.node_state import NodeState

from store.replicated.quorum import Quorum

from store.replicated.replication_log import ReplicationLog
from store.replicated.rpc import Fields, Peers, RpcMessage
from store.replicated.settings import ReplicationSettings
from store.replicated.unavailable import no_leader

# Does what a message asks for and returns the answer's data. Raises HttpError.
_Receive = Callable[[int, str, Fields], Awaitable[Fields]]


class Replica:
    """One copy of the data: its log, its keys and values, and its part in choosing and following a leader."""

    def __init__(
        self,
        config: Config,
        settings: ReplicationSettings,
        trace: Trace,
        journal: Journal,
        remembered: Remembered,
    ) -> None:
        """`remembered` is what the journal says."""
        self.state = NodeState(config.node_id, journal, remembered)
        self.log = ReplicationLog(journal, remembered.entries)
        self.key_values = KeyValues(self.log, journal)
        self.key_values.commit(min(remembered.commit_index, self.log.last_index))
        self._settings = settings
        self._leadership: Leadership | None = None
        client = RpcClient(config, trace)
        self._peers = Peers(
            config, client, settings.rpc_timeout_ms, lambda term: self._election.observe_term(term)
        )
        listener = ElectionListener(elected=self._elected, deposed=self._deposed)
        self._election = Election(self.state, self.log, self._peers, settings, listener, trace)
        follower = Follower(self.state, self.log, self.key_values, self._election, self._peers)
        self.follower = follower
        self.quorum = Quorum(self.state, self.log, self._peers)
        self._receivers: dict[str, _Receive] = {
            "RequestVote": self._election.on_request_vote,
            "Heartbeat": follower.on_heartbeat,
            "Replicate": follower.on_replicate,
            "Sync": lambda _term, _from, data: self._on_sync(data),
            "LastLogIndex": lambda _term, _from, _data: self.quorum.on_last_log_index(),
        }

    @property
    def leadership(self) -> Leadership | None:
        """What this node does as leader: None while it is none."""
        return self._leadership

    def start(self) -> None:
        self._election.start()

    def stop(self) -> None:
        self._election.stop()
        if self._leadership is not None:
            self._leadership.end()

    async def receive(self, message: RpcMessage) -> RpcMessage:
        """Takes in a message from another node and returns the answer. Raises HttpError."""
        receive = self._receivers.get(message.type)
        if receive is None:
            raise HttpError(400, "bad_request", f'There is no message "{message.type}".')
        self._election.observe_term(message.term)
        data = await receive(message.term, message.from_, message.data)
        return RpcMessage(f"{message.type}Response", self.state.term, message.to, message.from_, data)

    def _elected(self) -> None:
        """This node leads from now on."""
        self._leadership = Leadership(
            self.state.node_id,
            self.state.term,
            self.log,
            self.key_values,
            self._peers,
            self._settings,
            lose_majority=lambda: self._election.become_follower(None),
        )
        self._leadership.begin()

    def _deposed(self) -> None:
        """This node leads no longer."""
        if self._leadership is not None:
            self._leadership.end()
        self._leadership = None

    async def _on_sync(self, data: Fields) -> Fields:
        """Message `Sync`: a follower asks for what it lacks."""
        from_ = whole_number(data, "from")
        if self._leadership is None:
            raise no_leader(f"{self.state.node_id} does not lead.")
        entries = [asdict(entry) for entry in self.log.batch_from(from_)]
        return {"entries": entries, "commitIndex": self.key_values.commit_index}
