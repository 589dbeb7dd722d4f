from consensus.effects import Effects, ReadAnswer
from consensus.leader import send_to_all
from consensus.quorum import has_majority
from consensus.state import PendingRead, RaftState


def linearizable_read(node: RaftState, id: int, effects: Effects) -> None:
    """A client wants to read: nothing older than any write that was acknowledged before. Two things must be known for
    that: how far to apply, and that nobody else has been elected meanwhile. (Ongaro's thesis, section 6.4: ReadIndex)
    """
    # TODO(session 10): 1. Whoever does not lead cannot answer: append ReadAnswer(id, False) to effects.reads.
    # 2. The read must see what is committed now, and what earlier leaders have committed: that is all before this
    #    leader's first entry.
    # 3. Begin a new round: remember the read with it in node.reads, and ask all peers. An answer to what was asked
    #    before the read came proves nothing.
    raise NotImplementedError("not implemented: linearizable-read")


def confirm_reads(node: RaftState, effects: Effects) -> None:
    """Answers the reads that are certain now: called after every step."""
    # TODO(session 10): for each read that waits: refuse it if this node leads no longer. Confirm it if a majority,
    # this node among it, has answered its round or a later one, and everything up to its read_index has been
    # applied. Otherwise it goes on waiting.
    if node.reads:
        raise NotImplementedError("not implemented: confirm-reads")
