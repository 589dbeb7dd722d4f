from store.gather import gather
from store.replicated.entry import whole_number
from store.replicated.node_state import NodeState
from store.replicated.replication_log import ReplicationLog
from store.replicated.rpc import Fields, Peers
from store.replicated.unavailable import no_quorum


class Quorum:
    """Asks a majority of the nodes, whoever leads."""

    def __init__(self, state: NodeState, log: ReplicationLog, peers: Peers) -> None:
        self._state = state
        self._log = log
        self._peers = peers

    async def last_log_index(self) -> int:
        """The highest index that any node of a majority has in its log. Raises HttpError 503 `no_quorum`."""

        async def ask(peer: str) -> int:
            answer = await self._peers.call(peer, "LastLogIndex", self._state.term, {})
            return whole_number(answer, "lastLogIndex")

        def enough(answers: int) -> bool:
            return answers + 1 >= self._peers.majority

        answers = await gather(self._peers.names, ask, enough)
        if not enough(len(answers)):
            raise no_quorum("No majority says how long its log is.")
        return max(self._log.last_index, *answers.values())

    async def on_last_log_index(self) -> Fields:
        """Message `LastLogIndex`: how long this node's log is."""
        await self._log.sync()
        return {"lastLogIndex": self._log.last_index}
