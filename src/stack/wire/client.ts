import { UserError } from '../../course/user-error.ts';
import { type HttpAnswer, httpRequest, NoAnswer } from '../http.ts';
import type { DirectedRule, Trap, WireMessage } from './protocol.ts';

const ANSWER_WITHIN_MS = 10_000;

/** The wire's control API as dsc uses it. Every method throws UserError `wire-silent` when the wire does not answer. */
export class WireClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Whether the wire is there; never throws for its absence. */
  async alive(): Promise<boolean> {
    try {
      return (await httpRequest('GET', `${this.#url}/health`, { timeoutMs: 1_000 })).status === 200;
    } catch (error) {
      if (error instanceof NoAnswer) return false;
      throw error;
    }
  }

  async rules(): Promise<DirectedRule[]> {
    return ((await this.#ask('GET', '/rules')) as { rules: DirectedRule[] }).rules;
  }

  /** Replaces the rule of one direction. */
  async setRule(rule: DirectedRule): Promise<void> {
    await this.#ask('PUT', '/rules', rule);
  }

  /** No rules, no traps; what was held goes on, what was left in silence is broken off. */
  async heal(): Promise<void> {
    await this.#ask('DELETE', '/rules');
  }

  async addTrap(trap: Trap): Promise<{ id: number }> {
    return (await this.#ask('POST', '/traps', trap)) as { id: number };
  }

  async trap(id: number): Promise<{ trap: Trap; caught: number[] }> {
    return (await this.#ask('GET', `/traps/${id}`)) as { trap: Trap; caught: number[] };
  }

  async releaseTrap(id: number): Promise<void> {
    await this.#ask('POST', `/traps/${id}/release`);
  }

  async removeTrap(id: number): Promise<void> {
    await this.#ask('DELETE', `/traps/${id}`);
  }

  /** The next message to `to` that a `puppet` trap caught; undefined when none comes within `waitMs`. */
  async nextPuppetCall(to: string, waitMs: number): Promise<WireMessage | undefined> {
    const path = `/puppet?to=${encodeURIComponent(to)}&waitMs=${waitMs}`;
    return (await this.#ask('GET', path)) as WireMessage | undefined;
  }

  /** Answers a message in the callee's place; without effect when its caller is gone. */
  async answerPuppet(seq: number, answer: { status: number; body: unknown }): Promise<void> {
    await this.#ask('POST', `/puppet/${seq}`, answer);
  }

  /** Messages with a greater sequence number, oldest first. */
  async messages(after: number): Promise<WireMessage[]> {
    return ((await this.#ask('GET', `/messages?after=${after}`)) as { messages: WireMessage[] }).messages;
  }

  /** Restarts the wire's random numbers. */
  async seed(seed: number): Promise<void> {
    await this.#ask('PUT', '/seed', { seed });
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.#request(method, path, body);
    if (answer.status === 204 || answer.status === 404) return undefined;
    if (answer.status < 300) return JSON.parse(answer.body.toString('utf8'));
    throw new Error(`the wire answered ${method} ${path} with ${answer.status}: ${answer.body}`);
  }

  async #request(method: string, path: string, body: unknown): Promise<HttpAnswer> {
    try {
      return await httpRequest(method, this.#url + path, {
        headers: { authorization: `Bearer ${this.#token}` },
        body: body === undefined ? undefined : JSON.stringify(body),
        timeoutMs: ANSWER_WITHIN_MS,
      });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      throw new UserError('The wire between your nodes does not answer any more.', {
        code: 'wire-silent',
        why: `${this.#url}: ${error.message}`,
        fix: 'dsc stop, then dsc start.',
        cause: error,
      });
    }
  }
}
