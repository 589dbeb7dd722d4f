import time

from shared.http_error import HttpError
from shared.json_body import any_field
from shared.rpc_client import NoAnswer
from store.gather import in_background
from store.replicated.election import Election
from store.replicated.entry import parse_entries, whole_number
from store.replicated.key_values import KeyValues
from store.replicated.node_state import NodeState
from store.replicated.replication_log import ReplicationLog
from store.replicated.rpc import Fields, Peers
from store.replicated.take_over import LogPart, take_over


class Follower:
    """What a node does that does not lead: it copies the leader's log."""

    def __init__(
        self, state: NodeState, log: ReplicationLog, key_values: KeyValues, election: Election, peers: Peers
    ) -> None:
        self._state = state
        self._log = log
        self._key_values = key_values
        self._election = election
        self._peers = peers
        # Up to this index the log is known to be like that of the leader of this term.
        self._agreed_term = 0
        self._agreed_index = 0
        self._catching_up = False

    async def on_heartbeat(self, term: int, from_: str, data: Fields) -> Fields:
        """Message `Heartbeat`: the leader is there, and this much of its log is committed."""
        commit_index = whole_number(data, "commitIndex")
        last_log_index = whole_number(data, "lastLogIndex")
        ok = self._accepts(term)
        if ok:
            self._election.become_follower(from_)
            self._learn_commit(term, commit_index)
            await self._state.sync()
        return {"ok": ok, "lastLogIndex": self._log.last_index}

    async def on_replicate(self, term: int, from_: str, data: Fields) -> Fields:
        """Message `Replicate`: a part of the leader's log. `ok` promises that this node has it on disk."""
        part = LogPart(
            term=term,
            prev_index=whole_number(data, "prevIndex"),
            prev_term=whole_number(data, "prevTerm"),
            entries=parse_entries(any_field(data, "entries")),
        )
        commit_index = whole_number(data, "commitIndex")
        accepted = self._accepts(term)
        if accepted:
            self._election.become_follower(from_)
        leads = self._state.role == "leader"
        ok = not leads and await take_over(self._log, self._state.term, part) and term == self._state.term
        if ok:
            index = part.prev_index + len(part.entries)
            self._agree(term, index)
            self._learn_commit(term, commit_index)
        elif accepted and not self._catching_up:
            self._catching_up = True
            in_background(self._catch_up(from_, term))
        return {"ok": ok, "lastLogIndex": self._log.last_index}

    def _accepts(self, term: int) -> bool:
        """A leader of an earlier term was replaced. And nobody else can lead in the term in which this node does."""
        return term == self._state.term and self._state.role != "leader"

    def _agree(self, term: int, index: int) -> None:
        self._agreed_index = max(self._agreed_index, index) if term == self._agreed_term else index
        self._agreed_term = term

    def _learn_commit(self, term: int, commit_index: int) -> None:
        """Applies what is committed in the leader's log, as far as it is known to be the same in this one."""
        if term == self._agreed_term:
            self._key_values.commit(min(commit_index, self._agreed_index))

    async def _catch_up(self, leader: str, term: int) -> None:
        """Asks the leader for everything behind what is committed here: that part alone is surely the same in both
        logs.
        """
        try:
            from_ = self._key_values.commit_index + 1
            while True:
                answer = await self._peers.call(leader, "Sync", term, {"from": from_})
                entries = parse_entries(any_field(answer, "entries"))
                if term != self._state.term or not entries or entries[0].index != from_:
                    return
                self._log.merge(entries)
                await self._log.sync()
                from_ += len(entries)
                self._agree(term, from_ - 1)
                self._learn_commit(term, whole_number(answer, "commitIndex"))
        except (NoAnswer, HttpError):
            # The leader is gone or deposed: the next one sends its log again.
            pass
        finally:
            self._catching_up = False
