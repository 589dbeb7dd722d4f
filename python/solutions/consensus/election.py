from consensus import leader
from consensus.effects import Effects
from consensus.log import last_index, last_term
from consensus.messages import RaftMessage, RequestVote, RequestVoteResponse
from consensus.quorum import has_majority
from consensus.state import RaftState


# ANCHOR: raft-become-follower
def become_follower(node: RaftState, term: int, effects: Effects) -> None:
    """Becomes a follower in this term, of whom is not known yet. In a later term than its own a node has voted for
    nobody.

    Args:
        term: Not earlier than the node's own.
    """
    # @exercise 8 become-follower
    if term > node.current_term:
        node.current_term = term
        node.voted_for = None
        effects.persist = True
    node.state = "follower"
    node.leader = None
    # ~ # TODO(session 8): 1. If the term is a later one, enter it: with the vote not given yet. Term and vote must be
    # ~ #    on disk before an answer leaves.
    # ~ # 2. Follow, whatever the node was before. Whom is not known yet.
    # ~ raise NotImplementedError("not implemented: become-follower")
    # @end


# ANCHOR_END: raft-become-follower


# ANCHOR: raft-election-timeout
def on_election_timeout(node: RaftState, effects: Effects) -> None:
    """No leader was heard for long enough: the node stands for election in a new term. (Raft paper, section 5.2)"""
    # @exercise 8 election-timeout
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
    # ~ # TODO(session 8): 1. Become a candidate in the next term. 2. Vote for yourself. 3. All that must be on disk.
    # ~ # 4. Wait once more from the beginning: this election may fail. 5. Send each peer a RequestVote.
    # ~ raise NotImplementedError("not implemented: election-timeout")
    # @end


# ANCHOR_END: raft-election-timeout


# ANCHOR: raft-request-vote
def on_request_vote(
    node: RaftState, from_: str, term: int, data: RequestVote, effects: Effects
) -> RequestVoteResponse:
    """A candidate asks for this node's vote. One vote a term, and only for a log that is at least as up-to-date as the
    own one: the log whose last entry has the later term is; of two with the same last term, the longer one.
    (Raft paper, sections 5.2 and 5.4.1)

    Args:
        term: The candidate's: the node has entered it already, unless it is an earlier one.
    """
    # @exercise 8 request-vote
    own_term, own_index = last_term(node.log), last_index(node.log)
    is_up_to_date = (data.last_log_term, data.last_log_index) >= (own_term, own_index)
    is_free = node.voted_for is None or node.voted_for == from_
    vote_granted = term == node.current_term and is_free and is_up_to_date
    if vote_granted:
        node.voted_for = from_
        effects.persist = True
        effects.reset_election_timer = True
    return RequestVoteResponse(vote_granted)
    # ~ # TODO(session 8): 1. Refuse a candidate of an earlier term. 2. Refuse if this term's vote went to somebody
    # ~ #    else. 3. Refuse if the candidate's log is behind. 4. Otherwise vote for it: on disk before the answer
    # ~ #    leaves. Who has just voted gives the candidate time, and waits once more from the beginning; who refuses
    # ~ #    does not.
    # ~ raise NotImplementedError("not implemented: request-vote")
    # @end


# ANCHOR_END: raft-request-vote


# ANCHOR: raft-count-votes
def on_request_vote_response(
    node: RaftState, from_: str, term: int, data: RequestVoteResponse, effects: Effects
) -> None:
    """An answer to a RequestVote. With the votes of a majority of all nodes the candidate leads."""
    # @exercise 8 count-votes
    if node.state != "candidate" or term != node.current_term:
        return
    if not data.vote_granted:
        return
    node.votes.add(from_)
    if has_majority(len(node.votes), node.cluster_size):
        leader.become_leader(node, effects)
    # ~ # TODO(session 8): 1. Drop the answer if the node is no candidate any more, or the answer is of another term.
    # ~ # 2. Count each voter once. 3. With a majority of all nodes, leader.become_leader.
    # ~ raise NotImplementedError("not implemented: count-votes")
    # @end


# ANCHOR_END: raft-count-votes
