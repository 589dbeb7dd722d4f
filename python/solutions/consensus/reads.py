from consensus.effects import Effects, ReadAnswer
from consensus.leader import send_to_all
from consensus.quorum import has_majority
from consensus.state import PendingRead, RaftState


# ANCHOR: raft-linearizable-read
def linearizable_read(node: RaftState, id: int, effects: Effects) -> None:
    """A client wants to read: nothing older than any write that was acknowledged before. Two things must be known for
    that: how far to apply, and that nobody else has been elected meanwhile. (Ongaro's thesis, section 6.4: ReadIndex)
    """
    # @exercise 10 linearizable-read
    if node.state != "leader":
        effects.reads.append(ReadAnswer(id, False))
        return
    # A new leader's commit_index may be behind: what was committed before it was elected stands before its first entry.
    read_index = max(node.commit_index, node.first_index_of_term)
    node.round += 1
    node.reads.append(PendingRead(id, read_index, node.round))
    send_to_all(node, effects)
    # ~ # TODO(session 10): 1. Whoever does not lead cannot answer: append ReadAnswer(id, False) to effects.reads.
    # ~ # 2. The read must see what is committed now, and what earlier leaders have committed: that is all before this
    # ~ #    leader's first entry.
    # ~ # 3. Begin a new round: remember the read with it in node.reads, and ask all peers. An answer to what was asked
    # ~ #    before the read came proves nothing.
    # ~ raise NotImplementedError("not implemented: linearizable-read")
    # @end


# ANCHOR_END: raft-linearizable-read


# ANCHOR: raft-confirm-reads
def confirm_reads(node: RaftState, effects: Effects) -> None:
    """Answers the reads that are certain now: called after every step."""
    # @exercise 10 confirm-reads
    waiting = node.reads
    node.reads = []
    for read in waiting:
        answered = sum(node.answered_round[peer] >= read.round for peer in node.peers)
        is_certain = has_majority(answered + 1, node.cluster_size) and node.last_applied >= read.read_index
        if node.state != "leader":
            effects.reads.append(ReadAnswer(read.id, False))
        elif is_certain:
            effects.reads.append(ReadAnswer(read.id, True))
        else:
            node.reads.append(read)
    # ~ # TODO(session 10): for each read that waits: refuse it if this node leads no longer. Confirm it if a majority,
    # ~ # this node among it, has answered its round or a later one, and everything up to its read_index has been
    # ~ # applied. Otherwise it goes on waiting.
    # ~ if node.reads:
    # ~     raise NotImplementedError("not implemented: confirm-reads")
    # @end


# ANCHOR_END: raft-confirm-reads
