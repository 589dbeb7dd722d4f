from consensus.commit import advance_commit_index

from consensus.effects import Effects
from consensus.election import become_follower

from consensus.leader import send_append_entries
from consensus.log import conflict_index, cut_from, last_index, term_at

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
    # TODO(session 9): 1. Refuse a leader of an earlier term.
    # 2. follow_leader: the sender leads this term.
    # 3. Refuse if there is no entry prev_log_index of the term prev_log_term here; say where the leader may try
    #    next.
    # 4. Take the entries over, one by one. One that is here already stays. At the first that is not, cut this log
    #    from there on, and never before. What changes the log must be on disk before the answer leaves.
    # 5. The log is now the leader's up to the last entry of this message. Committed is what leader_commit says, as
    #    far as that; and never less than before.
    raise NotImplementedError("not implemented: append-entries")


def on_append_entries_response(
    node: RaftState,
    from_: str,
    term: int,
    sent: AppendEntries,
    data: AppendEntriesResponse,
    effects: Effects,
) -> None:
    """A peer has answered. Its log is now the same as this one up to the last entry that was sent; or it must be tried
    further in front.

    Args:
        sent: What the peer was asked: since then this log may have grown.
    """
    # TODO(session 9): 1. Drop the answer if the node leads no longer, or the answer is of another term.
    # 2. Success: match_index is the last entry of what was sent, never less than before; next_index comes after it.
    #    Something may be on a majority now: advance_commit_index.
    # 3. Refusal: set next_index back, at least by one, to conflict_index if the peer names one, but never to what
    #    is known to match. An old refusal changes nothing.
    # 4. If the peer still lacks entries, send_append_entries.
    raise NotImplementedError("not implemented: append-entries-response")
