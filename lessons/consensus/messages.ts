import type { NumberedEntry } from '../shared/electorate.ts';

/** What a client wants done; null is the entry with which a leader begins its term. */
export type Command = Record<string, unknown> | null;

export interface LogEntry extends NumberedEntry {
  command: Command;
}

/** `POST /raft`, and the answer to it. */
export interface RaftMessage<Data = any> {
  type: string;
  term: number;
  from: string;
  to: string;
  data: Data;
}

export interface RequestVote {
  lastLogIndex: number;
  lastLogTerm: number;
}

export interface AppendEntries {
  prevLogIndex: number;
  prevLogTerm: number;
  entries: LogEntry[];
  leaderCommit: number;
}

/** What is said in answer to AppendEntries. */
export interface Taken {
  success: boolean;
  matchIndex: number;
  conflictIndex?: number;
  conflictTerm?: number | null;
}

/** `GET /status`. */
export interface Status {
  id: string;
  state: 'leader' | 'follower' | 'candidate';
  currentTerm: number;
  votedFor: string | null;
  leader: string | null;
  commitIndex: number;
  lastApplied: number;
  lastLogIndex: number;
  lastLogTerm: number;
}

/** The end of a log. */
export interface Position {
  index: number;
  term: number;
}

/** Before the first entry. */
export const BEGINNING: Position = { index: 0, term: 0 };

export function position({ index, term }: LogEntry): Position {
  return { index, term };
}
