import type { Answer, CallOptions, Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { decided } from '../shared/decided.ts';

/** What a read or write that succeeded says. */
export interface Entry {
  key: string;
  value: unknown;
  version: number;
  servedBy: string;
}

/** The store with the checker as its client. Every answer's shape is checked on the way. */
export class KeyValues {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  put(node: string, key: string, value: unknown, options?: CallOptions): Promise<Answer> {
    return this.#trial.node(node).call('PUT', pathOf(key), { value }, options);
  }

  get(node: string, key: string, options?: CallOptions): Promise<Answer> {
    return this.#trial.node(node).call('GET', pathOf(key), undefined, options);
  }

  /** A write that must succeed before long. */
  async write(node: string, key: string, value: unknown): Promise<Entry> {
    const what = `PUT /${key} at ${node}`;
    const answer = await decided(this.#trial, what, 200, () => this.put(node, key, value));
    return this.#readEntry(answer.body, key, what);
  }

  /** A read that must be answered before long, and find the key. */
  async read(node: string, key: string): Promise<Entry> {
    const what = `GET /${key} at ${node}`;
    const answer = await decided(this.#trial, what, [200, 404], () => this.get(node, key));
    this.#trial.expectStatus(answer, 200, what);
    return this.#readEntry(answer.body, key, what);
  }

  /** A read that must find this value. */
  async expectValue(node: string, key: string, value: unknown, why: string): Promise<Entry> {
    const entry = await this.read(node, key);
    this.#trial.expectEqual(entry.value, value, `the value of ${key} at ${node} (${why})`);
    return entry;
  }

  async remove(node: string, key: string): Promise<void> {
    const ask = () => this.#trial.node(node).call('DELETE', pathOf(key));
    await decided(this.#trial, `DELETE /${key} at ${node}`, 200, ask);
  }

  async expectGone(node: string, key: string): Promise<void> {
    const what = `GET /${key} at ${node}`;
    const answer = await decided(this.#trial, what, [200, 404], () => this.get(node, key));
    this.#trial.expectStatus(answer, 404, what);
    this.#trial.expectEqual(answer.body?.error, 'no_such_key', `the error of GET /${key} at ${node}`);
  }

  #readEntry(body: any, key: string, what: string): Entry {
    const problem =
      body?.key !== key
        ? `its "key" is ${brief(body?.key)}`
        : !('value' in body)
          ? 'it has no "value"'
          : !Number.isInteger(body.version)
            ? `its "version" is ${brief(body.version)}`
            : typeof body.servedBy !== 'string'
              ? `its "servedBy" is ${brief(body.servedBy)}`
              : undefined;
    this.#trial.expect(problem === undefined, () => ({
      expected: `${what} is answered with key, value, version (a whole number) and servedBy`,
      seen: `${problem}: ${brief(body)}`,
    }));
    return body;
  }
}

/** The path of a key. */
export function pathOf(key: string): string {
  return `/${encodeURIComponent(key)}`;
}
