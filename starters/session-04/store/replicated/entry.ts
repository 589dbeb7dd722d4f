import { HttpError } from '../../shared/http-error.ts';
import { anyField, objectBody } from '../../shared/json-body.ts';

/** What a write does to a key. */
export interface Change {
  /** null if the key is deleted. */
  value: unknown;
  deleted: boolean;
}

/** One line of the replication log. The leader writes it; every node applies it, in the order of the indexes. */
export interface ReplicationLogEntry {
  /** From 1, without gaps. */
  index: number;
  /** The term of the leader that wrote it. */
  term: number;
  /** null if the entry changes nothing: the first one of each leader. */
  key: string | null;
  value: unknown;
  deleted: boolean;
}

/** Reads entries that another node sent: each must follow the one before. Throws HttpError 400. */
export function parseEntries(body: unknown): ReplicationLogEntry[] {
  if (!Array.isArray(body)) throw new HttpError(400, 'bad_request', '"entries" must be a list.');
  const entries = body.map(parseEntry);
  for (const [position, { index }] of entries.entries()) {
    if (index === entries[0]!.index + position) continue;
    throw new HttpError(400, 'bad_request', `"entries" has a gap before index ${index}.`);
  }
  return entries;
}

function parseEntry(body: unknown): ReplicationLogEntry {
  const fields = objectBody(body);
  const key = anyField(fields, 'key');
  if (key !== null && typeof key !== 'string') {
    throw new HttpError(400, 'bad_request', '"key" must be a text or null.');
  }
  return {
    index: wholeNumber(fields, 'index'),
    term: wholeNumber(fields, 'term'),
    key,
    value: fields.value ?? null,
    deleted: fields.deleted === true,
  };
}

/** A term or an index. Throws HttpError 400. */
export function wholeNumber(fields: Record<string, unknown>, name: string): number {
  const value = anyField(fields, name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new HttpError(400, 'bad_request', `"${name}" must be a whole number, 0 or more.`);
}
