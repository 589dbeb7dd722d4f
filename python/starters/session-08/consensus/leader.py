from consensus import election
from consensus.effects import Effects

from consensus.messages import AppendEntries, RaftMessage
from consensus.quorum import has_majority
from consensus.state import RaftState


def become_leader(node: RaftState, effects: Effects) -> None:
    """The node has the votes of a majority: it leads from now on, in its term, and tells the others at once."""
    node.state = "leader"
    node.leader = node.id
    node.heard_from = set()
    effects.reset_election_timer = True
    send_to_all(node, effects)


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
    data = AppendEntries(prev_log_index=0, prev_log_term=0, entries=[], leader_commit=0)
    effects.send.append(RaftMessage(node.current_term, node.id, to, data))
