from consensus import election
from consensus.effects import Effects

from consensus.log import entries_from, last_index, term_at
from consensus.messages import AppendEntries, Command, LogEntry, RaftMessage

from consensus.quorum import has_majority
from consensus.state import RaftState


def become_leader(node: RaftState, effects: Effects) -> None:
    """The node has the votes of a majority: it leads from now on, in its term, and tells the others at once."""
    node.state = "leader"
    node.leader = node.id
    node.heard_from = set()
    effects.reset_election_timer = True
    node.next_index = {peer: last_index(node.log) + 1 for peer in node.peers}
    node.match_index = {peer: 0 for peer in node.peers}
    node.in_flight = set()
    node.round = 0
    node.answered_round = {peer: 0 for peer in node.peers}
    node.first_index_of_term = last_index(node.log) + 1
    # An entry of its own term, so that it can commit what earlier leaders have left. (Raft paper, section 8)
    _append(node, None, effects)


def check_quorum(node: RaftState, effects: Effects) -> None:
    """A leader's election timeout: whom no majority has answered since the last one may have been replaced long ago. It
    steps down, so that its clients look elsewhere.
    """
    nodes = len(node.heard_from) + 1
    node.heard_from = set()
    effects.reset_election_timer = True
    if not has_majority(nodes, node.cluster_size):
        election.become_follower(node, node.current_term, effects)


def send_to_all(node: RaftState, effects: Effects) -> None:
    """Tells every peer that the leader is there, and whatever the peer lacks."""
    for peer in node.peers:
        send_append_entries(node, peer, effects)


def send_append_entries(node: RaftState, to: str, effects: Effects) -> None:
    """Sends a peer what it lacks, as far as the leader knows."""
    next_index = node.next_index[to]
    data = AppendEntries(
        prev_log_index=next_index - 1,
        prev_log_term=term_at(node.log, next_index - 1) or 0,
        entries=entries_from(node.log, next_index, node.max_entries_per_append),
        leader_commit=node.commit_index,
        round=node.round,
    )
    node.in_flight.add(to)
    effects.send.append(RaftMessage(node.current_term, node.id, to, data))


def propose(node: RaftState, command: Command, effects: Effects) -> None:
    """A client's command: a leader writes it at the end of its log. Nobody else may."""
    if node.state == "leader":
        _append(node, command, effects)


def _append(node: RaftState, command: Command | None, effects: Effects) -> None:
    entry = LogEntry(last_index(node.log) + 1, node.current_term, command)
    node.log.append(entry)
    effects.persist = True
    effects.proposed = entry
    # Whoever has entries on the way gets these with the next ones, when it has answered.
    for peer in node.peers:
        if peer not in node.in_flight:
            send_append_entries(node, peer, effects)
