from consensus.effects import Effects
from consensus.log import last_index, term_at
from consensus.quorum import has_majority
from consensus.state import RaftState


def advance_commit_index(node: RaftState) -> None:
    """Committed is what a majority has on disk, if it is of the leader's own term; and with it everything before. An
    entry of an earlier term is not safe by being on a majority: a later leader may still replace it. (Raft paper,
    section 5.4.2 and figure 8)
    """
    # TODO(session 9): find the last entry that a majority has: match_index tells about each peer, and the leader
    # itself has all. Only an entry of the leader's own term counts.
    raise NotImplementedError("not implemented: advance-commit-index")


def apply_committed(node: RaftState, effects: Effects) -> None:
    """Hands over every committed entry that was not handed over before: in order, each once."""
    while node.last_applied < node.commit_index:
        node.last_applied += 1
        effects.apply.append(node.log[node.last_applied - 1])
