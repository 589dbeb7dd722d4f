import { isDeepStrictEqual } from 'node:util';
import { HttpError } from './http-error.ts';

/** Deeper nesting would exhaust the stack of some JSON writer further on. */
const MAX_DEPTH = 200;

/** Parses a request body as JSON, whatever its Content-Type. Throws HttpError 400 `bad_json`. */
export function parseJson(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new HttpError(400, 'bad_json', 'The body is not JSON.');
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    throw new HttpError(400, 'bad_json', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  }
  return value;
}

/** The body as an object. Throws HttpError 400: `bad_json` without a body, `bad_request` for any other value. */
export function objectBody(body: unknown): Record<string, unknown> {
  if (body === undefined)
    throw new HttpError(400, 'bad_json', 'The body is empty; it must be a JSON object.');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpError(400, 'bad_request', 'The body must be a JSON object.');
  }
  return body as Record<string, unknown>;
}

/** A field that must be there and may have any value, null too. Throws HttpError 400 `bad_request`. */
export function anyField(body: Record<string, unknown>, name: string): unknown {
  if (!Object.hasOwn(body, name)) throw new HttpError(400, 'bad_request', `"${name}" is missing.`);
  return body[name];
}

/** A field that must be a string with at least one character. Throws HttpError 400 `bad_request`. */
export function stringField(body: Record<string, unknown>, name: string): string {
  const value = anyField(body, name);
  if (typeof value !== 'string' || value === '') {
    throw new HttpError(400, 'bad_request', `"${name}" must be a string that is not empty.`);
  }
  return value;
}

/** A field that must be a number from `least` on, or the fallback if it is not there. Throws HttpError 400. */
export function numberField(
  body: Record<string, unknown>,
  name: string,
  { fallback, least = 0 }: { fallback?: number; least?: number } = {},
): number {
  if (fallback !== undefined && !Object.hasOwn(body, name)) return fallback;
  const value = anyField(body, name);
  if (typeof value !== 'number' || value < least || value > Number.MAX_SAFE_INTEGER) {
    throw new HttpError(400, 'bad_request', `"${name}" must be a number of at least ${least}.`);
  }
  return value;
}

/** Whether two values are the same JSON, whatever the order of their fields. */
export function sameJson(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
