from dataclasses import dataclass, field

from consensus.messages import LogEntry, RaftMessage


@dataclass(slots=True)
class Effects:
    """What the core wants done. The shell does it in this order, and no other."""

    persist: bool = False
    """First: term, vote or log have changed, and must be on disk before anything leaves this node."""
    reply: RaftMessage | None = None
    """Then: the answer to the message that came."""
    send: list[RaftMessage] = field(default_factory=list)
    """And: what to ask other nodes."""
    reset_election_timer: bool = False
    """Then: wait for a leader once more from the beginning."""
    proposed: LogEntry | None = None
    """The entry that a client's command has become; None if this node does not lead."""
    apply: list[LogEntry] = field(default_factory=list)
    """Last: committed entries, to be applied in order."""


def no_effects() -> Effects:
    return Effects()
