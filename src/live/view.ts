/** What matters to each system, made from what its nodes say of themselves. Plain JSON. */
export type SystemView = MessagesView | QueueView | RingView | ReplicasView | ChatView | RaftView;

/** Session 1. Numbers are absent where the node does not answer. */
export interface MessagesView {
  kind: 'messages';
  nodes: { name: string; handled?: number; counter?: number; last?: string }[];
}

/** Session 2. */
export interface QueueView {
  kind: 'queue';
  /** False: the broker does not answer, and nothing is known. */
  answers: boolean;
  stats: { pending: number; processing: number; completed: number; failed: number };
  /** The last ones of each status, oldest first. */
  tasks: { id: string; status: string; retries: number; worker?: string }[];
}

/** Session 3: the ring, and what each node keeps. */
export interface RingView {
  kind: 'ring';
  /** `cp` or `ap`, where the nodes say so. */
  mode?: string;
  replicas?: number;
  /** Of all nodes, clockwise: `hash` is an unsigned 32-bit integer. */
  points: { hash: number; node: string }[];
  nodes: {
    name: string;
    /** The part of the ring that it owns, 0 to 1. */
    share: number;
    /** How many keys it keeps; absent where it does not answer. */
    keys?: number;
  }[];
}

/** Sessions 4 and 5: the leader, and how far behind each copy is. */
export interface ReplicasView {
  kind: 'replicas';
  nodes: {
    name: string;
    role?: string;
    term?: number;
    lastLogIndex?: number;
    commitIndex?: number;
    /** How many committed entries a read from this copy may miss, as far as is known. */
    behind?: number;
    /** ms since it heard of the leader, where it says so; null: never. */
    silentMs?: number | null;
  }[];
}

/** Sessions 6 and 7. */
export interface ChatView {
  kind: 'chat';
  rooms: {
    roomId: string;
    /** The server that numbers its messages, where that is known. */
    sequencer?: string;
    sequenceNumber: number;
    present: { userId: string; status: string }[];
  }[];
}

/** Sessions 8 to 10. A node that does not answer has its name only. */
export interface RaftView {
  kind: 'raft';
  nodes: {
    name: string;
    state?: string;
    currentTerm?: number;
    votedFor?: string | null;
    commitIndex?: number;
    lastApplied?: number;
    lastLogIndex?: number;
    /** The last twenty or so, oldest first. */
    entries?: { index: number; term: number }[];
  }[];
}
