from dataclasses import dataclass
from typing import Any

from store.replicated.replica import Replica


@dataclass(slots=True)
class Lag:
    """How far behind a node is."""

    id: str
    role: str
    last_log_index: int
    """Up to which index this node has the log, knows it committed, and has applied it."""
    commit_index: int
    applied_index: int
    leader_last_log_index: int
    """How long the leader's log was when it was last heard."""
    behind: int
    """How many entries of that are not applied here."""
    silent_ms: int | None
    """Since the leader was last heard: None if it never was; 0 at the leader."""


def measure_lag(replica: Replica) -> Lag:
    """Measures how far behind a node is, as far as it can tell: a node that is cut off does not know what it misses."""
    leads = replica.state.role == "leader"
    last_log_index, silent_ms = (replica.log.last_index, 0) if leads else replica.follower.leader_has()
    commit_index = replica.key_values.commit_index
    return Lag(
        id=replica.state.node_id,
        role=replica.state.role,
        last_log_index=replica.log.last_index,
        commit_index=commit_index,
        applied_index=commit_index,
        leader_last_log_index=last_log_index,
        behind=max(0, last_log_index - commit_index),
        silent_ms=silent_ms,
    )


def lag_to_wire(lag: Lag) -> dict[str, Any]:
    return {
        "id": lag.id,
        "role": lag.role,
        "lastLogIndex": lag.last_log_index,
        "commitIndex": lag.commit_index,
        "appliedIndex": lag.applied_index,
        "leaderLastLogIndex": lag.leader_last_log_index,
        "behind": lag.behind,
        "silentMs": lag.silent_ms,
    }
