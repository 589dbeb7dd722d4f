import type { LogEntry, RaftMessage } from './messages.ts';

/** What the core wants done. The shell does it in this order, and no other. */
export interface Effects {
  /** First: term, vote or log have changed, and must be on disk before anything leaves this node. */
  persist: boolean;
  /** Then: the answer to the message that came. */
  reply: RaftMessage | null;
  /** And: what to ask other nodes. */
  send: RaftMessage[];
  /** Then: wait for a leader once more from the beginning. */
  resetElectionTimer: boolean;
  /** The entry that a client's command has become; null if this node does not lead. */
  proposed: LogEntry | null;
  /** Last: committed entries, to be applied in order. */
  apply: LogEntry[];
  /** And reads that can be answered now from what has been applied; or cannot be answered here. */
  reads: ReadAnswer[];
}

/** What has become of a read: whether it may be answered from what this node has applied. */
export interface ReadAnswer {
  id: number;
  confirmed: boolean;
}

export function noEffects(): Effects {
  return {
    persist: false,
    reply: null,
    send: [],
    resetElectionTimer: false,
    proposed: null,
    apply: [],
    reads: [],
  };
}
