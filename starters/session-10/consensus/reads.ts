import type { Effects } from './effects.ts';
import { sendToAll } from './leader.ts';
import { hasMajority } from './quorum.ts';
import type { RaftState } from './state.ts';

/**
 * A client wants to read: nothing older than any write that was acknowledged before. Two things must be known for that:
 * how far to apply, and that nobody else has been elected meanwhile. (Ongaro's thesis, section 6.4: ReadIndex)
 */
export function linearizableRead(node: RaftState, id: number, effects: Effects): void {
  // TODO(session 10): 1. Whoever does not lead cannot answer: push { id, confirmed: false } to effects.reads.
  // 2. The read must see what is committed now, and what earlier leaders have committed: that is all before this
  //    leader's first entry.
  // 3. Begin a new round: remember the read with it in node.reads, and ask all peers. An answer to what was asked
  //    before the read came proves nothing.
  throw new Error('not implemented: linearizable-read');
}

/** Answers the reads that are certain now: called after every step. */
export function confirmReads(node: RaftState, effects: Effects): void {
  // TODO(session 10): for each read that waits: refuse it if this node leads no longer. Confirm it if a majority, this
  // node among it, has answered its round or a later one, and everything up to its readIndex has been applied.
  // Otherwise it goes on waiting.
  if (node.reads.length > 0) throw new Error('not implemented: confirm-reads');
}
