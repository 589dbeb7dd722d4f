from consensus.effects import Effects
from consensus.election import become_follower

from consensus.log import last_index, last_term
from consensus.messages import AppendEntries, AppendEntriesResponse
from consensus.state import RaftState


def follow_leader(node: RaftState, leader: str, effects: Effects) -> None:
    """This term's leader was heard: the node follows it, and waits once more from the beginning."""
    become_follower(node, node.current_term, effects)
    node.leader = leader
    effects.reset_election_timer = True


def on_append_entries(
    node: RaftState, from_: str, term: int, data: AppendEntries, effects: Effects
) -> AppendEntriesResponse:
    """The leader sends entries, or none to say that it is there. They are taken if this log and the leader's are the
    same up to `prev_log_index`. (Raft paper, figure 2 and section 5.3)

    Args:
        term: The sender's: the node has entered it already, unless it is an earlier one.
    """
    if term < node.current_term:
        return AppendEntriesResponse(False, 0)
    follow_leader(node, from_, effects)
    # Nobody writes a log before session 9. What fits at the end is taken, so that there is something to compare.
    if data.prev_log_index != last_index(node.log) or data.prev_log_term != last_term(node.log):
        return AppendEntriesResponse(False, 0)
    node.log.extend(data.entries)
    if data.entries:
        effects.persist = True
    return AppendEntriesResponse(True, last_index(node.log))
