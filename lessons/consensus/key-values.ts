import type { Answer, CallOptions, Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { decided, UNDECIDED } from '../shared/decided.ts';

/** A client that numbers its requests, so that each takes effect once however often it is sent. */
export interface Numbered {
  client: string;
  request: number;
}

/** How a request is sent. */
export interface Asked {
  numbered?: Numbered;
  /** Default: patience(5000) ms. */
  timeoutMs?: number;
}

/** The store with the checker as its client. */
export class KeyValues {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  put(node: string, key: string, value: unknown, asked: Asked = {}): Promise<Answer> {
    return this.#ask(node, 'PUT', key, { value }, asked);
  }

  /** @param expected null: the key must not exist */
  compareAndSet(
    node: string,
    key: string,
    expected: unknown,
    value: unknown,
    asked: Asked = {},
  ): Promise<Answer> {
    return this.#ask(node, 'PUT', key, { value, expected }, asked);
  }

  append(node: string, key: string, text: string, asked: Asked = {}): Promise<Answer> {
    return this.#ask(node, 'POST', key, { append: text }, asked);
  }

  remove(node: string, key: string, asked: Asked = {}): Promise<Answer> {
    return this.#ask(node, 'DELETE', key, undefined, asked);
  }

  get(node: string, key: string, asked: Asked = {}): Promise<Answer> {
    return this.#ask(node, 'GET', key, undefined, asked);
  }

  /**
   * A put that must succeed before long. It is repeated while nobody leads: to put the same value twice is no harm.
   */
  async write(node: string, key: string, value: unknown): Promise<void> {
    await decided(this.#trial, `PUT ${pathOf(key)} at ${node}`, 200, () => this.put(node, key, value));
  }

  /** A delete that must succeed before long. */
  async erase(node: string, key: string): Promise<void> {
    await decided(this.#trial, `DELETE ${pathOf(key)} at ${node}`, 200, () => this.remove(node, key));
  }

  /** A read that must be answered before long, and find this value. */
  async expectValue(node: string, key: string, value: unknown, why: string): Promise<void> {
    const what = `GET ${pathOf(key)} at ${node} (${why})`;
    const answer = await decided(this.#trial, what, [200, 404], () => this.get(node, key));
    this.#trial.expectStatus(answer, 200, what);
    this.#trial.expectEqual(answer.body?.value, value, `the value that ${what} gives`);
  }

  /** A read that must be answered before long, and find nothing. */
  async expectGone(node: string, key: string, why: string): Promise<void> {
    const what = `GET ${pathOf(key)} at ${node} (${why})`;
    const answer = await decided(this.#trial, what, [200, 404], () => this.get(node, key));
    this.#trial.expectStatus(answer, 404, what);
    this.#trial.expectEqual(answer.body?.error, 'no_such_key', `the error of ${what}`);
  }

  /** A read that must find this value or say that it cannot: anything else is stale. */
  async expectValueOrNothing(node: string, key: string, value: unknown, why: string): Promise<Answer> {
    const answer = await this.get(node, key);
    const what = `GET ${pathOf(key)} at ${node} (${why})`;
    this.#trial.expect(
      UNDECIDED.includes(answer.status) || (answer.status === 200 && answer.body?.value === value),
      {
        expected: `${what} gives ${JSON.stringify(value)}, or 503 or 504, and nothing older`,
        seen: `${answer.status} ${brief(answer.body)}`,
      },
    );
    return answer;
  }

  /** What a node has in its own copy, stale or not: undefined if it has no such key. */
  async local(node: string, key: string): Promise<unknown> {
    const path = `${pathOf(key)}?local=true`;
    const answer = await this.#trial.node(node).call('GET', path);
    this.#trial.expectStatus(answer, [200, 404], `GET ${path} at ${node}`);
    return answer.status === 200 ? answer.body?.value : undefined;
  }

  /** Waits until the own copies of these nodes hold this; undefined is no such key. */
  async expectLocal(nodes: readonly string[], key: string, value: unknown, why: string): Promise<void> {
    let seen: unknown[] = [];
    await this.#trial.eventually(
      `GET ${pathOf(key)}?local=true at ${nodes.join(', ')} gives ${JSON.stringify(value) ?? 404} (${why})`,
      async () => {
        seen = await Promise.all(nodes.map((node) => this.local(node, key)));
        return seen.every((local) => JSON.stringify(local) === JSON.stringify(value));
      },
      { seen: () => nodes.map((node, n) => `${node}: ${JSON.stringify(seen[n]) ?? 404}`).join(', ') },
    );
  }

  #ask(
    node: string,
    method: string,
    key: string,
    body: unknown,
    { numbered, timeoutMs }: Asked,
  ): Promise<Answer> {
    return this.#trial.node(node).call(method, pathOf(key), body, callOptions(numbered, timeoutMs));
  }
}

/** The path of a key. */
export function pathOf(key: string): string {
  return `/kv/${encodeURIComponent(key)}`;
}

export function callOptions(numbered?: Numbered, timeoutMs?: number): CallOptions {
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(numbered && {
      headers: { 'x-client-id': numbered.client, 'x-request-id': String(numbered.request) },
    }),
  };
}
