import { isDeepStrictEqual } from 'node:util';
import { HttpError } from '../../../solutions/shared/http-error.ts';
import type { HttpAnswer } from '../../../solutions/shared/http-server.ts';
import { encode, type Found, found, type Gateway, NoOutcome } from './gateway.ts';

export interface Numbered {
  clientId?: string;
  requestId?: number;
}

/** What a change makes of what a key holds: the value to put, nothing to keep, or why not. */
type Change = { put: unknown } | { remove: true } | { mismatch: true };

/** The last request of a client, as it stands in etcd. */
interface Session {
  requestId: number;
  answer: HttpAnswer;
}

const TRIES = 40;

/** The contract's reads and writes in etcd's transactions. */
export class Store {
  readonly #gateway: Gateway;
  readonly #nodeId: string;
  /** By key: the last change that was asked for, until it is done. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(gateway: Gateway, nodeId: string) {
    this.#gateway = gateway;
    this.#nodeId = nodeId;
  }

  async get(key: string, local: boolean): Promise<HttpAnswer> {
    const held = await this.#gateway.get(keyName(key), local).catch(unavailable);
    if (held) return this.#holds(key, JSON.parse(held.text), held.modRevision);
    return { status: 404, body: { error: 'no_such_key', message: `There is no key "${key}".`, key } };
  }

  put(key: string, value: unknown, by: Numbered): Promise<HttpAnswer> {
    return this.#change(key, by, () => ({ put: value }));
  }

  remove(key: string, by: Numbered): Promise<HttpAnswer> {
    return this.#change(key, by, () => ({ remove: true }));
  }

  compareAndSet(key: string, expected: unknown, value: unknown, by: Numbered): Promise<HttpAnswer> {
    return this.#change(key, by, (held) => {
      const fits = expected === null ? !held : held && isDeepStrictEqual(JSON.parse(held.text), expected);
      return fits ? { put: value } : { mismatch: true };
    });
  }

  append(key: string, text: string, by: Numbered): Promise<HttpAnswer> {
    return this.#change(key, by, (held) => {
      const before: unknown = held ? JSON.parse(held.text) : '';
      return typeof before === 'string' ? { put: before + text } : { mismatch: true };
    });
  }

  /** Changes that this node is asked for come one after the other, key by key: only nodes get into each other's way. */
  #change(key: string, by: Numbered, decide: (held: Found | undefined) => Change): Promise<HttpAnswer> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const change = before.then(() => this.#changeNow(key, by, decide));
    const done = change.then(
      () => {},
      () => {},
    );
    this.#last.set(key, done);
    return change;
  }

  /**
   * Reads the key and the client's last request, decides, and writes both if neither has changed since; else once more.
   * The first time this member's own copy will do: if it is old, it has changed since.
   */
  async #changeNow(
    key: string,
    by: Numbered,
    decide: (held: Found | undefined) => Change,
  ): Promise<HttpAnswer> {
    for (let n = 0; n < TRIES; n++) {
      const own = n === 0;
      const { held, session } = await this.#read(key, by, own).catch(unavailable);
      const last: Session | undefined = session && JSON.parse(session.text);
      if (last && by.requestId !== undefined) {
        if (last.requestId === by.requestId) return last.answer;
        if (last.requestId > by.requestId) return stale(key);
      }
      const change = decide(held);
      if ('mismatch' in change && own) continue;
      const answer = this.#answer(key, held, change);
      if ('mismatch' in change && by.clientId === undefined) return answer;
      const written = await this.#write(key, by, held, session, change, answer).catch(maybe);
      if (written) return answer;
    }
    throw new HttpError(503, 'no_quorum', `Others changed "${key}" all the time.`);
  }

  async #read(
    key: string,
    { clientId }: Numbered,
    serializable: boolean,
  ): Promise<{ held?: Found; session?: Found }> {
    const names = [keyName(key), ...(clientId === undefined ? [] : [sessionName(clientId)])];
    const success = names.map((name) => ({ request_range: { key: encode(name), serializable } }));
    const { responses } = await this.#gateway.call('kv/txn', { success });
    const [held, session] = responses.map((one: any) => found(one.response_range));
    return { ...(held && { held }), ...(session && { session }) };
  }

  async #write(
    key: string,
    { clientId, requestId }: Numbered,
    held: Found | undefined,
    session: Found | undefined,
    change: Change,
    answer: HttpAnswer,
  ): Promise<boolean> {
    const compare = [unchanged(keyName(key), held)];
    const success: unknown[] = [];
    if ('put' in change) success.push(put(keyName(key), change.put));
    if ('remove' in change) success.push({ request_delete_range: { key: encode(keyName(key)) } });
    if (clientId !== undefined) {
      compare.push(unchanged(sessionName(clientId), session));
      success.push(put(sessionName(clientId), { requestId, answer }));
    }
    const { succeeded } = await this.#gateway.call('kv/txn', { compare, success });
    return succeeded === true;
  }

  #answer(key: string, held: Found | undefined, change: Change): HttpAnswer {
    if ('put' in change) return this.#holds(key, change.put, (held?.modRevision ?? 0) + 1);
    if ('remove' in change) return { status: 200, body: { key, version: 0, servedBy: this.#nodeId } };
    const message = `"${key}" holds something else.`;
    const value: unknown = held ? JSON.parse(held.text) : null;
    return { status: 409, body: { error: 'mismatch', message, key, value } };
  }

  #holds(key: string, value: unknown, version: number): HttpAnswer {
    return { status: 200, body: { key, value, version, servedBy: this.#nodeId } };
  }
}

function stale(key: string): HttpAnswer {
  const message = 'This client has made a later request already.';
  return { status: 409, body: { error: 'stale_request', message, key } };
}

function put(name: string, value: unknown) {
  return { request_put: { key: encode(name), value: encode(JSON.stringify(value)) } };
}

/** A key that has never been written, or was deleted, has the revision 0. */
function unchanged(name: string, held: Found | undefined) {
  return { key: encode(name), target: 'MOD', result: 'EQUAL', mod_revision: held?.modRevision ?? 0 };
}

function keyName(key: string): string {
  return `key/${key}`;
}

function sessionName(clientId: string): string {
  return `client/${clientId}`;
}

/** Nothing was changed: 503. */
function unavailable(error: unknown): never {
  if (error instanceof NoOutcome) throw new HttpError(503, 'no_quorum', error.message);
  throw error;
}

/** It may have been changed: 504. */
function maybe(error: unknown): never {
  if (error instanceof NoOutcome && !error.refused) throw new HttpError(504, 'timeout', error.message);
  return unavailable(error);
}
