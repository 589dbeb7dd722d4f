from consensus import leader
from consensus.effects import Effects
from consensus.log import last_index, last_term
from consensus.messages import RaftMessage, RequestVote, RequestVoteResponse
from consensus.quorum import has_majority
from consensus.state import RaftState


def become_follower(node: RaftState, term: int, effects: Effects) -> None:
    """Becomes a follower in this term, of whom is not known yet. In a later term than its own a node has voted for
    nobody.

    Args:
        term: Not earlier than the node's own.
    """
    if term > node.current_term:
        node.current_term = term
        node.voted_for = None
        effects.persist = True
    node.state = "follower"
    node.leader = None


def on_election_timeout(node: RaftState, effects: Effects) -> None:
    """No leader was heard for long enough: the node stands for election in a new term. (Raft paper, section 5.2)"""
    node.state = "candidate"
    node.leader = None
    node.current_term += 1
    node.voted_for = node.id
    node.votes = {node.id}
    effects.persist = True
    effects.reset_election_timer = True
    data = RequestVote(last_index(node.log), last_term(node.log))
    for to in node.peers:
        effects.send.append(RaftMessage(node.current_term, node.id, to, data))


def on_request_vote(
    node: RaftState, from_: str, term: int, data: RequestVote, effects: Effects
) -> RequestVoteResponse:
    """A candidate asks for this node's vote. One vote a term, and only for a log that is at least as up-to-date as the
    own one: the log whose last entry has the later term is; of two with the same last term, the longer one.
    (Raft paper, sections 5.2 and 5.4.1)

    Args:
        term: The candidate's: the node has entered it already, unless it is an earlier one.
    """
    own_term, own_index = last_term(node.log), last_index(node.log)
    is_up_to_date = (data.last_log_term, data.last_log_index) >= (own_term, own_index)
    is_free = node.voted_for is None or node.voted_for == from_
    vote_granted = term == node.current_term and is_free and is_up_to_date
    if vote_granted:
        node.voted_for = from_
        effects.persist = True
        effects.reset_election_timer = True
    return RequestVoteResponse(vote_granted)


def on_request_vote_response(
    node: RaftState, from_: str, term: int, data: RequestVoteResponse, effects: Effects
) -> None:
    """An answer to a RequestVote. With the votes of a majority of all nodes the candidate leads."""
    if node.state != "candidate" or term != node.current_term:
        return
    if not data.vote_granted:
        return
    node.votes.add(from_)
    if has_majority(len(node.votes), node.cluster_size):
        leader.become_leader(node, effects)
