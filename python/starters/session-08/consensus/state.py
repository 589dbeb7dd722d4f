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
class RaftState(RaftNode):
    """All that the core knows. `step` changes it, and nothing else does."""

    peers: Sequence[str]
    cluster_size: int
    """All nodes, this one too."""
    leader: str | None = None
    """Who leads this term, as far as this node knows."""
    votes: set[str] = field(default_factory=set)
    """Of a candidate: who has voted for it."""
    heard_from: set[str] = field(default_factory=set)
    """Of a leader: who has answered it since its last election timeout."""


def create_state(
    id: str,
    peers: Sequence[str],
    durable: DurableState,
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
    )
