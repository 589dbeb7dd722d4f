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
    if term < node.current_term:
        return AppendEntriesResponse(False, 0)
    follow_leader(node, from_, effects)
    if term_at(node.log, data.prev_log_index) != data.prev_log_term:
        return AppendEntriesResponse(False, 0, conflict_index(node.log, data.prev_log_index))
    for entry in data.entries:
        if term_at(node.log, entry.index) == entry.term:
            continue
        cut_from(node.log, entry.index)
        node.log.append(entry)
        effects.persist = True
    match_index = data.prev_log_index + len(data.entries)
    node.commit_index = max(node.commit_index, min(data.leader_commit, match_index))
    return AppendEntriesResponse(True, match_index)


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
    if node.state != "leader" or term != node.current_term:
        return
    known = node.match_index[from_]
    if data.success:
        match_index = max(known, sent.prev_log_index + len(sent.entries))
        node.match_index[from_] = match_index
        node.next_index[from_] = match_index + 1
        advance_commit_index(node)
    else:
        hint = sent.prev_log_index if data.conflict_index is None else data.conflict_index
        earlier = min(sent.prev_log_index, hint)
        if earlier >= node.next_index[from_]:
            return
        node.next_index[from_] = max(known + 1, earlier)
    if node.next_index[from_] <= last_index(node.log):
        send_append_entries(node, from_, effects)
