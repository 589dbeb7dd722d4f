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
    # TODO(session 8): 1. If the term is a later one, enter it: with the vote not given yet. Term and vote must be
    #    on disk before an answer leaves.
    # 2. Follow, whatever the node was before. Whom is not known yet.
    raise NotImplementedError("not implemented: become-follower")


def on_election_timeout(node: RaftState, effects: Effects) -> None:
    """No leader was heard for long enough: the node stands for election in a new term. (Raft paper, section 5.2)"""
    # TODO(session 8): 1. Become a candidate in the next term. 2. Vote for yourself. 3. All that must be on disk.
    # 4. Wait once more from the beginning: this election may fail. 5. Send each peer a RequestVote.
    raise NotImplementedError("not implemented: election-timeout")


def on_request_vote(
    node: RaftState, from_: str, term: int, data: RequestVote, effects: Effects
) -> RequestVoteResponse:
    """A candidate asks for this node's vote. One vote a term, and only for a log that is at least as up-to-date as the
    own one: the log whose last entry has the later term is; of two with the same last term, the longer one.
    (Raft paper, sections 5.2 and 5.4.1)

    Args:
        term: The candidate's: the node has entered it already, unless it is an earlier one.
    """
    # TODO(session 8): 1. Refuse a candidate of an earlier term. 2. Refuse if this term's vote went to somebody
    #    else. 3. Refuse if the candidate's log is behind. 4. Otherwise vote for it: on disk before the answer
    #    leaves. Who has just voted gives the candidate time, and waits once more from the beginning; who refuses
    #    does not.
    raise NotImplementedError("not implemented: request-vote")


def on_request_vote_response(
    node: RaftState, from_: str, term: int, data: RequestVoteResponse, effects: Effects
) -> None:
    """An answer to a RequestVote. With the votes of a majority of all nodes the candidate leads."""
    # TODO(session 8): 1. Drop the answer if the node is no candidate any more, or the answer is of another term.
    # 2. Count each voter once. 3. With a majority of all nodes, leader.become_leader.
    raise NotImplementedError("not implemented: count-votes")
