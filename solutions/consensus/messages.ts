import { HttpError } from '../shared/http-error.ts';
import { anyField, objectBody, stringField } from '../shared/json-body.ts';

const OPERATIONS: unknown[] = ['put', 'delete', 'cas', 'append'];

// ANCHOR: raft-log-entry
/** What a client wants done. Without `op` it is a put. */
export interface Command {
  op?: 'put' | 'delete' | 'cas' | 'append';
  key: string;
  value?: unknown;
  // @since 10
  /** Of a compare-and-set: what the key must hold; null if it must not exist. */
  expected?: unknown;
  /** Who asks, and which of its requests this is: so that a repeated request takes effect once. */
  clientId?: string;
  requestId?: number;
  // @end
}

/** One line of the log. Index and term together name it: no other entry of the cluster has both. */
export interface LogEntry {
  /** From 1, without gaps; 0 is "before the log". */
  index: number;
  /** The term of the leader that wrote it. */
  term: number;
  /** null if it changes nothing: the first entry of each leader. */
  command: Command | null;
}
// ANCHOR_END: raft-log-entry

// ANCHOR: raft-message
/** What one node says to another: `POST /raft`. The answer has the same form. */
export type RaftMessage = {
  /** The sender's. */
  term: number;
  from: string;
  to: string;
} & (
  | { type: 'RequestVote'; data: RequestVote }
  | { type: 'RequestVoteResponse'; data: RequestVoteResponse }
  | { type: 'AppendEntries'; data: AppendEntries }
  | { type: 'AppendEntriesResponse'; data: AppendEntriesResponse }
);

/** A candidate asks for a vote: this is how far its log goes. */
export interface RequestVote {
  lastLogIndex: number;
  lastLogTerm: number;
}

export interface RequestVoteResponse {
  voteGranted: boolean;
}

/** A leader says: after the entry `prevLogIndex`, which is of the term `prevLogTerm`, come these entries. */
export interface AppendEntries {
  prevLogIndex: number;
  prevLogTerm: number;
  /** None if the message only says that the leader is there. */
  entries: LogEntry[];
  /** How far the leader's log is committed. */
  leaderCommit: number;
  // @since 10
  /** Counts the leader's questions whether it still leads. An answer counts for the round of what was sent. */
  round: number;
  // @end
}

export interface AppendEntriesResponse {
  success: boolean;
  /** Up to which index the follower's log is now known to be the leader's; 0 if it refuses. */
  matchIndex: number;
  /** Where the leader may try next, if the follower refuses. */
  conflictIndex?: number;
}
// ANCHOR_END: raft-message

/** Reads a message that must come from one of these nodes, and be for `to`. Throws HttpError 400. */
export function parseMessage(body: unknown, from: readonly string[], to: string): RaftMessage {
  const fields = objectBody(body);
  const type = stringField(fields, 'type');
  const data = objectBody(anyField(fields, 'data'));
  const envelope = {
    term: wholeNumber(fields, 'term'),
    from: stringField(fields, 'from'),
    to: stringField(fields, 'to'),
  };
  if (envelope.to !== to) {
    throw new HttpError(400, 'wrong_node', `This message is for "${envelope.to}", and this is ${to}.`);
  }
  if (!from.includes(envelope.from)) {
    throw new HttpError(400, 'bad_request', `"from" is "${envelope.from}", which is not in PEERS.`);
  }
  switch (type) {
    case 'RequestVote':
      return { type, ...envelope, data: parseRequestVote(data) };
    case 'RequestVoteResponse':
      return { type, ...envelope, data: { voteGranted: truth(data, 'voteGranted') } };
    case 'AppendEntries':
      return { type, ...envelope, data: parseAppendEntries(data) };
    case 'AppendEntriesResponse':
      return { type, ...envelope, data: parseAppendEntriesResponse(data) };
    default:
      throw new HttpError(400, 'bad_request', `There is no message "${type}".`);
  }
}

function parseRequestVote(data: Record<string, unknown>): RequestVote {
  return { lastLogIndex: wholeNumber(data, 'lastLogIndex'), lastLogTerm: wholeNumber(data, 'lastLogTerm') };
}

function parseAppendEntries(data: Record<string, unknown>): AppendEntries {
  const prevLogIndex = wholeNumber(data, 'prevLogIndex');
  return {
    prevLogIndex,
    prevLogTerm: wholeNumber(data, 'prevLogTerm'),
    entries: parseEntries(anyField(data, 'entries'), prevLogIndex),
    leaderCommit: wholeNumber(data, 'leaderCommit'),
    // @since 10
    // A node that runs the code of session 9 does not count them.
    round: Object.hasOwn(data, 'round') ? wholeNumber(data, 'round') : 0,
    // @end
  };
}

function parseAppendEntriesResponse(data: Record<string, unknown>): AppendEntriesResponse {
  const response = { success: truth(data, 'success'), matchIndex: wholeNumber(data, 'matchIndex') };
  if (!Object.hasOwn(data, 'conflictIndex')) return response;
  return { ...response, conflictIndex: wholeNumber(data, 'conflictIndex') };
}

/** Entries must follow on `prevLogIndex` and on each other. Throws HttpError 400. */
function parseEntries(body: unknown, prevLogIndex: number): LogEntry[] {
  if (!Array.isArray(body)) throw new HttpError(400, 'bad_request', '"entries" must be a list.');
  const entries = body.map(parseEntry);
  for (const [position, { index }] of entries.entries()) {
    if (index === prevLogIndex + 1 + position) continue;
    throw new HttpError(400, 'bad_request', `"entries" has index ${index} in the wrong place.`);
  }
  return entries;
}

function parseEntry(body: unknown): LogEntry {
  const fields = objectBody(body);
  const command = anyField(fields, 'command');
  if (command !== null) checkCommand(objectBody(command));
  return {
    index: wholeNumber(fields, 'index'),
    term: wholeNumber(fields, 'term'),
    command: command as Command | null,
  };
}

function checkCommand(command: Record<string, unknown>): void {
  stringField(command, 'key');
  const { op = 'put' } = command;
  if (!OPERATIONS.includes(op)) throw new HttpError(400, 'bad_request', `There is no "op" ${op}.`);
}

/** A term or an index. Throws HttpError 400. */
function wholeNumber(fields: Record<string, unknown>, name: string): number {
  const value = anyField(fields, name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new HttpError(400, 'bad_request', `"${name}" must be a whole number, 0 or more.`);
}

function truth(fields: Record<string, unknown>, name: string): boolean {
  const value = anyField(fields, name);
  if (typeof value === 'boolean') return value;
  throw new HttpError(400, 'bad_request', `"${name}" must be true or false.`);
}
