import type { Answer, Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { decided, UNDECIDED } from '../shared/decided.ts';
import { pathOf } from './key-values.ts';

export const LEVELS = ['eventual', 'session', 'quorum', 'strong'] as const;
export type Level = (typeof LEVELS)[number];
export type Ack = 'one' | 'majority' | 'all';

/** How a request is asked. What is left out is left to the store's default. */
export interface Asked {
  level?: Level;
  ack?: Ack;
  /** Default: patience(5000) ms. */
  timeoutMs?: number;
}

/** A client that carries its session token from one answer to the next request, whichever node it asks. */
export class Client {
  readonly #trial: Trial;
  /** What it has seen so far, in the store's own words. */
  token: string | undefined;

  /** @param token of another client, to begin with */
  constructor(trial: Trial, token?: string) {
    this.#trial = trial;
    this.token = token;
  }

  put(node: string, key: string, value: unknown, asked: Asked = {}): Promise<Answer> {
    return this.#ask(node, 'PUT', key, { value }, asked);
  }

  get(node: string, key: string, asked: Asked = {}): Promise<Answer> {
    return this.#ask(node, 'GET', key, undefined, asked);
  }

  /** A write that must succeed before long: repeated while nobody leads. Returns its version. */
  async write(node: string, key: string, value: unknown, asked: Asked = {}): Promise<number> {
    const what = `PUT /${key}${query(asked)} at ${node}`;
    const answer = await decided(this.#trial, what, 200, () => this.put(node, key, value, asked));
    this.#trial.expect(Number.isInteger(answer.body?.version), {
      expected: `${what} is answered with the version, a whole number`,
      seen: brief(answer.body),
    });
    return answer.body.version;
  }

  /** A read that must be answered before long, and find this value. */
  async expectValue(node: string, key: string, value: unknown, asked: Asked, why: string): Promise<void> {
    const what = `GET /${key}${query(asked)} at ${node}`;
    const answer = await decided(this.#trial, `${what} (${why})`, [200, 404], () =>
      this.get(node, key, asked),
    );
    this.#trial.expectStatus(answer, 200, `${what} (${why})`);
    this.#trial.expectEqual(answer.body?.value, value, `the value that ${what} gives (${why})`);
  }

  /** A read that must find this value or say that it cannot: anything else is stale. */
  async expectValueOrNothing(
    node: string,
    key: string,
    value: unknown,
    asked: Asked,
    why: string,
  ): Promise<Answer> {
    const answer = await this.get(node, key, asked);
    const what = `GET /${key}${query(asked)} at ${node} (${why})`;
    this.#trial.expectStatus(answer, [200, ...UNDECIDED], what);
    this.#trial.expect(answer.status !== 200 || answer.body?.value === value, {
      expected: `${what} gives ${JSON.stringify(value)}, or 503 or 504, and nothing older`,
      seen: `${answer.status} ${brief(answer.body)}`,
    });
    return answer;
  }

  async #ask(node: string, method: string, key: string, body: unknown, asked: Asked): Promise<Answer> {
    const answer = await this.#trial.node(node).call(method, pathOf(key) + query(asked), body, {
      ...(asked.timeoutMs !== undefined && { timeoutMs: asked.timeoutMs }),
      ...(this.token !== undefined && { headers: { 'x-session-token': this.token } }),
    });
    this.token = answer.headers['x-session-token'] ?? this.token;
    return answer;
  }
}

function query({ level, ack }: Asked): string {
  const parts = [...(level ? [`consistency=${level}`] : []), ...(ack ? [`ack=${ack}`] : [])];
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
