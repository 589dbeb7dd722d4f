import { HttpError } from '../shared/http-error.ts';
import type { HttpRequest } from '../shared/http-server.ts';
import { anyField, objectBody } from '../shared/json-body.ts';

const MAX_KEY_BYTES = 256;
const MAX_CLIENT_ID_BYTES = 256;
/** A little less than what a body may have: between nodes a value travels inside of other objects. */
const MAX_VALUE_DEPTH = 190;

/** Checks a key as it came in a path, already decoded: any text of 1 to 256 bytes of UTF-8. Throws HttpError 400. */
export function parseKey(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes >= 1 && bytes <= MAX_KEY_BYTES) return text;
  throw new HttpError(400, 'bad_request', `A key has 1 to ${MAX_KEY_BYTES} bytes, not ${bytes}.`);
}

/** A field that may have any value, null too. Throws HttpError 400. */
export function parseValue(fields: Record<string, unknown>, name: string): unknown {
  const value = anyField(fields, name);
  if (!isDeeperThan(value, MAX_VALUE_DEPTH)) return value;
  throw new HttpError(400, 'bad_request', `"${name}" is nested more than ${MAX_VALUE_DEPTH} levels deep.`);
}

/** The text of `{"append"}`. Throws HttpError 400. */
export function parseAppended(body: unknown): string {
  const text = anyField(objectBody(body), 'append');
  if (typeof text === 'string') return text;
  throw new HttpError(400, 'bad_request', '"append" must be a text.');
}

/** Whether only this node's own copy is to be read: `?local=true`. Throws HttpError 400. */
export function parseLocal(query: URLSearchParams): boolean {
  const local = query.get('local') ?? 'false';
  if (local === 'true' || local === 'false') return local === 'true';
  throw new HttpError(400, 'bad_request', `"local" is true or false, not "${local}".`);
}

/** Who asks, and which of its requests this is: both headers or none. Throws HttpError 400. */
export function parseClient(headers: HttpRequest['headers']): { clientId?: string; requestId?: number } {
  const clientId = headers['x-client-id'];
  const requestId = headers['x-request-id'];
  if (clientId === undefined && requestId === undefined) return {};
  if (clientId === undefined || requestId === undefined) {
    throw new HttpError(400, 'bad_request', 'X-Client-Id and X-Request-Id belong together.');
  }
  if (!/^[\x21-\x7e]+$/.test(String(clientId)) || String(clientId).length > MAX_CLIENT_ID_BYTES) {
    const message = `X-Client-Id has 1 to ${MAX_CLIENT_ID_BYTES} characters of ASCII, and no spaces.`;
    throw new HttpError(400, 'bad_request', message);
  }
  if (!/^[0-9]{1,15}$/.test(String(requestId))) {
    throw new HttpError(400, 'bad_request', 'X-Request-Id must be a whole number, 0 or more.');
  }
  return { clientId: String(clientId), requestId: Number(requestId) };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
