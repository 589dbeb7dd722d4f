import type { RaftMessage } from './messages.ts';

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
}

export function noEffects(): Effects {
  return {
    persist: false,
    reply: null,
    send: [],
    resetElectionTimer: false,
  };
}
