import type { LogEntry } from './messages.ts';

/** A node as the Raft paper has it in figure 2. */
export interface RaftNode extends DurableState {
  id: string;
  state: 'follower' | 'candidate' | 'leader';
  /** How far the log is known to be committed. */
  commitIndex: number;
  /** How far it has been applied to the state machine. */
  lastApplied: number;
}

/** What must be on disk before an answer leaves. All the rest may be forgotten. */
export interface DurableState {
  /** The latest term this node has seen. */
  currentTerm: number;
  /** Who got this node's vote in this term. */
  votedFor: string | null;
  log: LogEntry[];
}

/** All that the core knows. `step` changes it, and nothing else does. */
export interface RaftState extends RaftNode {
  readonly peers: readonly string[];
  /** All nodes, this one too. */
  readonly clusterSize: number;
  /** Who leads this term, as far as this node knows. */
  leader: string | null;

  /** Of a candidate: who has voted for it. */
  votes: Set<string>;

  /** Of a leader: who has answered it since its last election timeout. */
  heardFrom: Set<string>;
  /** Of a leader: for each peer the next entry to send. */
  nextIndex: Map<string, number>;
  /** Of a leader: for each peer up to which index its log is known to be this one. */
  matchIndex: Map<string, number>;
  /** Of a leader: peers that have entries on the way to them, unanswered. */
  inFlight: Set<string>;
  readonly maxEntriesPerAppend: number;
}

/**
 * A node as it starts: a follower that knows what is on its disk.
 *
 * @param peers the other nodes
 */
export function createState(
  id: string,
  peers: readonly string[],
  { currentTerm, votedFor, log }: DurableState,
  maxEntriesPerAppend = 64,
): RaftState {
  return {
    id,
    peers,
    clusterSize: peers.length + 1,
    state: 'follower',
    currentTerm,
    votedFor,
    log: [...log],
    commitIndex: 0,
    lastApplied: 0,
    leader: null,
    votes: new Set(),
    heardFrom: new Set(),
    nextIndex: new Map(),
    matchIndex: new Map(),
    inFlight: new Set(),
    maxEntriesPerAppend,
  };
}
