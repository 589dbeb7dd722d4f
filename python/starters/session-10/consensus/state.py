from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from consensus.messages import LogEntry


@dataclass(slots=True)
class DurableState:
    """What must be on disk before an answer leaves. All the rest may be forgotten."""

    current_term: int
    """The latest term this node has seen."""
    voted_for: str | None
    """Who got this node's vote in this term."""
    log: list[LogEntry]


@dataclass(slots=True)
class RaftNode(DurableState):
    """A node as the Raft paper has it in figure 2."""

    id: str
    state: Literal["follower", "candidate", "leader"]
    commit_index: int
    """How far the log is known to be committed."""
    last_applied: int
    """How far it has been applied to the state machine."""


@dataclass(slots=True)
class PendingRead:
    """A read that was asked for and not answered yet."""

    id: int
    read_index: int
    """It must see everything up to here."""
    round: int
    """The leader must still lead in this round."""


@dataclass(slots=True)
class RaftState(RaftNode):
    """All that the core knows. `step` changes it, and nothing else does."""

    peers: Sequence[str]
    cluster_size: int
    """All nodes, this one too."""
    max_entries_per_append: int
    leader: str | None = None
    """Who leads this term, as far as this node knows."""
    votes: set[str] = field(default_factory=set)
    """Of a candidate: who has voted for it."""
    heard_from: set[str] = field(default_factory=set)
    """Of a leader: who has answered it since its last election timeout."""
    next_index: dict[str, int] = field(default_factory=dict)
    """Of a leader: for each peer the next entry to send."""
    match_index: dict[str, int] = field(default_factory=dict)
    """Of a leader: for each peer up to which index its log is known to be this one."""
    in_flight: set[str] = field(default_factory=set)
    """Of a leader: peers that have entries on the way to them, unanswered."""
    first_index_of_term: int = 0
    """Of a leader: index of the first entry that it wrote itself."""
    round: int = 0
    """Of a leader: how often it has asked whether it still leads."""
    answered_round: dict[str, int] = field(default_factory=dict)
    """Of a leader: for each peer the latest round that it has answered."""
    reads: list[PendingRead] = field(default_factory=list)
    """Of a leader: reads that wait until it is certain."""


def create_state(
    id: str,
    peers: Sequence[str],
    durable: DurableState,
    max_entries_per_append: int = 64,
) -> RaftState:
    """A node as it starts: a follower that knows what is on its disk. `peers` are the other nodes."""
    return RaftState(
        id=id,
        peers=peers,
        cluster_size=len(peers) + 1,
        state="follower",
        current_term=durable.current_term,
        voted_for=durable.voted_for,
        log=list(durable.log),
        commit_index=0,
        last_applied=0,
        max_entries_per_append=max_entries_per_append,
    )
