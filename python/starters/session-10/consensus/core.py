from dataclasses import dataclass
from typing import Literal

from consensus.commit import apply_committed

from consensus.effects import Effects, no_effects
from consensus.election import (
    become_follower,
    on_election_timeout,
    on_request_vote,
    on_request_vote_response,
)

from consensus.leader import check_quorum, propose, send_to_all
from consensus.messages import (
    AppendEntries,
    AppendEntriesResponse,
    Command,
    RaftMessage,
    RequestVote,
    RequestVoteResponse,
)

from consensus.reads import confirm_reads, linearizable_read

from consensus.replication import on_append_entries, on_append_entries_response

from consensus.state import RaftState


@dataclass(slots=True)
class Input:
    """What can happen to a node.

    electionTimeout: it has waited long enough for a leader; or, while it leads, for its followers.
    heartbeatTimeout: a leader should be heard again.
    """

    type: Literal["electionTimeout", "heartbeatTimeout", "propose", "read", "request", "response"]
    command: Command | None = None
    """propose: a client wants something done."""
    id: int | None = None
    """read: a client wants to read; it knows its question again by the id."""
    message: RaftMessage | None = None
    """request: a message came that wants an answer. response: the answer to what this node has sent."""
    sent: RaftMessage | None = None


def step(node: RaftState, input: Input) -> Effects:
    """All of Raft: something happens, the state changes, and something is to be done. The same state and input always
    give the same: no clock, no network, no disk and no chance in here. (Raft paper, figure 2)
    """
    effects = no_effects()
    match input:
        case Input("electionTimeout"):
            if node.state == "leader":
                check_quorum(node, effects)
            else:
                on_election_timeout(node, effects)
        case Input("heartbeatTimeout"):
            if node.state == "leader":
                send_to_all(node, effects)
        case Input("request", message=RaftMessage() as message):
            _observe_term(node, message, effects)
            effects.reply = _answer(node, message, effects)
        case Input("response", sent=RaftMessage() as sent, message=RaftMessage() as message):
            _observe_term(node, message, effects)
            _on_response(node, sent, message, effects)
        case Input("propose", command=dict() as command):
            propose(node, command, effects)
        case Input("read", id=int() as id):
            linearizable_read(node, id, effects)
    apply_committed(node, effects)
    confirm_reads(node, effects)
    return effects


def _observe_term(node: RaftState, message: RaftMessage, effects: Effects) -> None:
    """Every message and every answer carries its sender's term. A later one means: this node's term is over."""
    if message.term > node.current_term:
        become_follower(node, message.term, effects)


def _answer(node: RaftState, message: RaftMessage, effects: Effects) -> RaftMessage | None:
    from_ = message.from_
    match message.data:
        case RequestVote() as data:
            vote = on_request_vote(node, from_, message.term, data, effects)
            return RaftMessage(node.current_term, node.id, from_, vote)
        case AppendEntries() as data:
            answer = on_append_entries(node, from_, message.term, data, effects)
            return RaftMessage(node.current_term, node.id, from_, answer)
        case _:
            return None


def _on_response(node: RaftState, sent: RaftMessage, message: RaftMessage, effects: Effects) -> None:
    from_, term, data = message.from_, message.term, message.data
    if isinstance(data, RequestVoteResponse):
        on_request_vote_response(node, from_, term, data, effects)
    if not isinstance(data, AppendEntriesResponse) or not isinstance(sent.data, AppendEntries):
        return
    # An answer of this term may be to a question of an earlier one: it says nothing about this node's leadership.
    if node.state == "leader" and sent.term == node.current_term:
        node.heard_from.add(from_)
        node.in_flight.discard(from_)
        node.answered_round[from_] = max(node.answered_round[from_], sent.data.round)
    on_append_entries_response(node, from_, term, sent.data, data, effects)
