/** A log entry as the core has it. */
export interface Entry {
  index: number;
  term: number;
  command: Command | null;
}

export interface Command {
  op?: 'put' | 'delete' | 'cas' | 'append';
  key: string;
  value?: unknown;
  clientId?: string;
  requestId?: number;
}

export interface Message {
  type: string;
  term: number;
  from: string;
  to: string;
  data: any;
}

/** What a core must have saved before anything leaves its node. */
export interface Durable {
  currentTerm: number;
  votedFor: string | null;
  log: Entry[];
}

/** What the simulator looks at in a core's state. */
export interface CoreState extends Durable {
  id: string;
  state: 'follower' | 'candidate' | 'leader';
  leader: string | null;
  commitIndex: number;
  lastApplied: number;
}

export type Input =
  | { type: 'electionTimeout' }
  | { type: 'heartbeatTimeout' }
  | { type: 'propose'; command: Command }
  | { type: 'read'; id: number }
  | { type: 'request'; message: Message }
  | { type: 'response'; sent: Message; message: Message };

/** Sessions 8 and 9 leave out what comes later. */
export interface Effects {
  persist: boolean;
  reply: Message | null;
  send: Message[];
  resetElectionTimer: boolean;
  proposed?: Entry | null;
  apply?: Entry[];
  reads?: { id: number; confirmed: boolean }[];
}

/** A Raft core of the course, the learner's or the reference: `consensus/core.ts`, and from session 10 on its state machine. */
export interface Core {
  createState(
    id: string,
    peers: readonly string[],
    durable: Durable,
    maxEntriesPerAppend?: number,
  ): CoreState;
  step(node: CoreState, input: Input): Effects;
  StateMachine?: new () => { apply(entry: Entry): unknown };
}
