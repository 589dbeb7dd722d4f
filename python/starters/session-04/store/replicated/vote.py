from dataclasses import dataclass

from store.replicated.entry import whole_number
from store.replicated.rpc import Fields


@dataclass(slots=True)
class VoteRequest:
    """A candidate that asks for a vote."""

    term: int
    candidate: str
    last_log_term: int
    """Term of the last entry of the candidate's log."""
    last_log_index: int
    """Index of that entry: the length of the log."""


@dataclass(slots=True)
class Voter:
    """A node that is asked for its vote."""

    term: int
    voted_for: str | None
    """Who got this node's vote in this term."""
    last_log_term: int
    last_log_index: int


def should_grant_vote(voter: Voter, request: VoteRequest) -> bool:
    """Whether the candidate may have this voter's vote. Nobody votes twice in a term. And nobody votes for a log that
    is behind the own one: the one whose last entry has the later term is ahead, and of two with the same last term
    the longer one. (Raft paper, section 5.4.1)

    Args:
        voter: In the candidate's term already, unless that is over.
    """
    # TODO(session 4): refuse a candidate of an earlier term. Refuse if this term's vote went to somebody else.
    # Then compare the two logs: which one is ahead?
    raise NotImplementedError("not implemented: grant-vote")


def parse_vote_request(term: int, from_: str, data: Fields) -> VoteRequest:
    """Reads the data of a `RequestVote`. Raises HttpError 400."""
    return VoteRequest(
        term=term,
        candidate=from_,
        last_log_term=whole_number(data, "lastLogTerm"),
        last_log_index=whole_number(data, "lastLogIndex"),
    )
