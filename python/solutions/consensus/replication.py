# @since 9
from consensus.commit import advance_commit_index

# @end
from consensus.effects import Effects
from consensus.election import become_follower

# @since 9
from consensus.leader import send_append_entries
from consensus.log import conflict_index, cut_from, last_index, term_at

# @end
# @until 9
# ~ from consensus.log import last_index, last_term
# @end
from consensus.messages import AppendEntries, AppendEntriesResponse
from consensus.state import RaftState


# ANCHOR: raft-follow-leader
def follow_leader(node: RaftState, leader: str, effects: Effects) -> None:
    """This term's leader was heard: the node follows it, and waits once more from the beginning."""
    become_follower(node, node.current_term, effects)
    node.leader = leader
    effects.reset_election_timer = True


# ANCHOR_END: raft-follow-leader


# ANCHOR: raft-append-entries
def on_append_entries(
    node: RaftState, from_: str, term: int, data: AppendEntries, effects: Effects
) -> AppendEntriesResponse:
    """The leader sends entries, or none to say that it is there. They are taken if this log and the leader's are the
    same up to `prev_log_index`. (Raft paper, figure 2 and section 5.3)

    Args:
        term: The sender's: the node has entered it already, unless it is an earlier one.
    """
    # @until 9
    # ~ if term < node.current_term:
    # ~     return AppendEntriesResponse(False, 0)
    # ~ follow_leader(node, from_, effects)
    # ~ # Nobody writes a log before session 9. What fits at the end is taken, so that there is something to compare.
    # ~ if data.prev_log_index != last_index(node.log) or data.prev_log_term != last_term(node.log):
    # ~     return AppendEntriesResponse(False, 0)
    # ~ node.log.extend(data.entries)
    # ~ if data.entries:
    # ~     effects.persist = True
    # ~ return AppendEntriesResponse(True, last_index(node.log))
    # @end
    # @since 9
    # @exercise 9 append-entries
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
    # ~ # TODO(session 9): 1. Refuse a leader of an earlier term.
    # ~ # 2. follow_leader: the sender leads this term.
    # ~ # 3. Refuse if there is no entry prev_log_index of the term prev_log_term here; say where the leader may try
    # ~ #    next.
    # ~ # 4. Take the entries over, one by one. One that is here already stays. At the first that is not, cut this log
    # ~ #    from there on, and never before. What changes the log must be on disk before the answer leaves.
    # ~ # 5. The log is now the leader's up to the last entry of this message. Committed is what leader_commit says, as
    # ~ #    far as that; and never less than before.
    # ~ raise NotImplementedError("not implemented: append-entries")
    # @end
    # @end


# ANCHOR_END: raft-append-entries
# @since 9


# ANCHOR: raft-append-entries-response
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
    # @exercise 9 append-entries-response
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
    # ~ # TODO(session 9): 1. Drop the answer if the node leads no longer, or the answer is of another term.
    # ~ # 2. Success: match_index is the last entry of what was sent, never less than before; next_index comes after it.
    # ~ #    Something may be on a majority now: advance_commit_index.
    # ~ # 3. Refusal: set next_index back, at least by one, to conflict_index if the peer names one, but never to what
    # ~ #    is known to match. An old refusal changes nothing.
    # ~ # 4. If the peer still lacks entries, send_append_entries.
    # ~ raise NotImplementedError("not implemented: append-entries-response")
    # @end


# ANCHOR_END: raft-append-entries-response
# @end
