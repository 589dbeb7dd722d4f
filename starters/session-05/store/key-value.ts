import { HttpError } from '../shared/http-error.ts';
import { anyField, objectBody } from '../shared/json-body.ts';

const MAX_KEY_BYTES = 256;
/** A little less than what a body may have: between nodes a value travels inside of other objects. */
const MAX_VALUE_DEPTH = 190;

/**
 * Checks a key as it came in a path, already decoded: any text of 1 to 256 bytes of UTF-8, but for names that the
 * store needs for itself. Throws HttpError 400 `reserved_key`, `bad_request`.
 */
export function parseKey(text: string): string {
  if (text === 'health' || text.startsWith('_')) {
    const message = `"${text}" cannot be a key: "health" and what begins with "_" belong to the store.`;
    throw new HttpError(400, 'reserved_key', message);
  }
  const bytes = Buffer.byteLength(text);
  if (bytes === 0 || bytes > MAX_KEY_BYTES) {
    throw new HttpError(400, 'bad_request', `A key has 1 to ${MAX_KEY_BYTES} bytes, not ${bytes}.`);
  }
  return text;
}

/** Reads the value from the body of a PUT: any JSON, null too. Throws HttpError 400. */
export function parseValue(body: unknown): unknown {
  const value = anyField(objectBody(body), 'value');
  if (isDeeperThan(value, MAX_VALUE_DEPTH)) {
    throw new HttpError(400, 'bad_request', `"value" is nested more than ${MAX_VALUE_DEPTH} levels deep.`);
  }
  return value;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
