import type { Replica } from './replica.ts';

/** How far behind a node is. */
export interface Lag {
  id: string;
  role: string;
  /** Up to which index this node has the log, knows it committed, and has applied it. */
  lastLogIndex: number;
  commitIndex: number;
  appliedIndex: number;
  /** How long the leader's log was when it was last heard. */
  leaderLastLogIndex: number;
  /** How many entries of that are not applied here. */
  behind: number;
  /** Since the leader was last heard: null if it never was; 0 at the leader. */
  silentMs: number | null;
}

/** Measures how far behind a node is, as far as it can tell: a node that is cut off does not know what it misses. */
export function measureLag({ state, log, keyValues, follower }: Replica): Lag {
  const leads = state.role === 'leader';
  const { lastLogIndex, silentMs } = leads
    ? { lastLogIndex: log.lastIndex, silentMs: 0 }
    : follower.leaderHas();
  const { commitIndex } = keyValues;
  return {
    id: state.nodeId,
    role: state.role,
    lastLogIndex: log.lastIndex,
    commitIndex,
    appliedIndex: commitIndex,
    leaderLastLogIndex: lastLogIndex,
    behind: Math.max(0, lastLogIndex - commitIndex),
    silentMs,
  };
}
