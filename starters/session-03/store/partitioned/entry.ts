import { HttpError } from '../../shared/http-error.ts';
import { anyField, numberField, objectBody, stringField } from '../../shared/json-body.ts';

/** What a write does to a key. */
export interface Change {
  /** null if the key is deleted. */
  value: unknown;
  deleted: boolean;
}

/**
 * A key and what was written to it last. A deleted key stays as an entry: an owner that was away must hear of the
 * deletion, and the next write needs a higher version.
 */
export interface Entry {
  key: string;
  /** null if the key was deleted. */
  value: unknown;
  deleted: boolean;
  /** Grows with each write of the key. */
  version: number;
  /** When it was written, in epoch ms, by the clock of the node that took the write. */
  timestamp: number;
  /** The node that took the write. */
  writer: string;
  /** What the writer knew: the highest version by each node, this one included. */
  seen: Record<string, number>;
}

/** Tells versions of a key apart without their values: equal stamps, equal entries. */
export function stampOf({ version, timestamp, writer }: Entry): string {
  return `${version} ${timestamp} ${writer}`;
}

/** Reads an entry that another node sent. Throws HttpError 400. */
export function parseEntry(body: unknown): Entry {
  const fields = objectBody(body);
  const deleted = anyField(fields, 'deleted');
  if (typeof deleted !== 'boolean') {
    throw new HttpError(400, 'bad_request', '"deleted" must be true or false.');
  }
  const seen = objectBody(anyField(fields, 'seen'));
  return {
    key: stringField(fields, 'key'),
    value: anyField(fields, 'value'),
    deleted,
    version: integer(fields, 'version'),
    timestamp: integer(fields, 'timestamp'),
    writer: stringField(fields, 'writer'),
    seen: Object.fromEntries(Object.keys(seen).map((node) => [node, integer(seen, node)])),
  };
}

function integer(fields: Record<string, unknown>, name: string): number {
  const value = numberField(fields, name, { least: Number.MIN_SAFE_INTEGER });
  if (Number.isInteger(value)) return value;
  throw new HttpError(400, 'bad_request', `"${name}" must be a whole number.`);
}
