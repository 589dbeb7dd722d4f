import type { Effects } from './effects.ts';
import { lastIndex, termAt } from './log.ts';
import { hasMajority } from './quorum.ts';
import type { RaftState } from './state.ts';

/**
 * Committed is what a majority has on disk, if it is of the leader's own term; and with it everything before. An entry of
 * an earlier term is not safe by being on a majority: a later leader may still replace it. (Raft paper, section 5.4.2 and
 * figure 8)
 */
export function advanceCommitIndex(node: RaftState): void {
  // TODO(session 9): find the last entry that a majority has: matchIndex tells about each peer, and the leader itself
  // has all. Only an entry of the leader's own term counts.
  throw new Error('not implemented: advance-commit-index');
}

/** Hands over every committed entry that was not handed over before: in order, each once. */
export function applyCommitted(node: RaftState, effects: Effects): void {
  while (node.lastApplied < node.commitIndex) {
    node.lastApplied += 1;
    effects.apply.push(node.log[node.lastApplied - 1]!);
  }
}
