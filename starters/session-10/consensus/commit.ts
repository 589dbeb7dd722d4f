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
  for (let index = lastIndex(node.log); index > node.commitIndex; index -= 1) {
    if (termAt(node.log, index) !== node.currentTerm) return;
    const stored = node.peers.filter((peer) => node.matchIndex.get(peer)! >= index).length + 1;
    if (!hasMajority(stored, node.clusterSize)) continue;
    node.commitIndex = index;
    return;
  }
}

/** Hands over every committed entry that was not handed over before: in order, each once. */
export function applyCommitted(node: RaftState, effects: Effects): void {
  while (node.lastApplied < node.commitIndex) {
    node.lastApplied += 1;
    effects.apply.push(node.log[node.lastApplied - 1]!);
  }
}
