import { anyField, numberField, objectBody, stringField } from '../shared/json-body.ts';

/** The envelope that travels between nodes. All copies of one message have the same id. */
export interface Message {
  id: string;
  type: string;
  from: string;
  to: string;
  data: unknown;
}

/** What a client asks a node to send. */
export interface SendRequest {
  to: string;
  type: string;
  data: unknown;
  deadlineMs: number;
}

/** A message that a node has handled. */
export interface Handled {
  id: string;
  type: string;
  from: string;
  data: unknown;
  /** Epoch ms. */
  receivedAt: number;
}

const DEFAULT_DEADLINE_MS = 5000;

/** Reads the body of `POST /message`. Throws HttpError 400. */
export function parseMessage(body: unknown): Message {
  const fields = objectBody(body);
  return {
    id: stringField(fields, 'id'),
    type: stringField(fields, 'type'),
    from: stringField(fields, 'from'),
    to: stringField(fields, 'to'),
    data: anyField(fields, 'data'),
  };
}

/** Reads the body of `POST /send`. Throws HttpError 400. */
export function parseSendRequest(body: unknown): SendRequest {
  const fields = objectBody(body);
  return {
    to: stringField(fields, 'to'),
    type: stringField(fields, 'type'),
    data: anyField(fields, 'data'),
    deadlineMs: numberField(fields, 'deadlineMs', { fallback: DEFAULT_DEADLINE_MS, least: 1 }),
  };
}
