import { UserError } from '../../course/user-error.ts';
import { httpRequest, NoAnswer } from '../http.ts';
import type { DirectedRule, Trap, WireMessage } from './protocol.ts';
import type { Glance } from './record.ts';

/** How long the wire may take for an answer, beyond what it was asked to wait, ms. */
const ANSWER_WITHIN_MS = 10_000;

/** How long `alive` waits, ms. */
const ALIVE_WITHIN_MS = 1_000;

/** The wire's control API, typed. Every method throws UserError `wire-silent` when the wire does not answer. */
export class WireClient {
  readonly #url: string;
  readonly #token: string;

  /**
   * @param url of the control API
   * @param token that the wire was started with
   */
  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Whether the wire answers. Never throws. */
  async alive(): Promise<boolean> {
    try {
      return (await this.#send('GET', '/health', undefined, ALIVE_WITHIN_MS)).status === 200;
    } catch {
      return false;
    }
  }

  async rules(): Promise<DirectedRule[]> {
    const { rules } = await this.#call<{ rules: DirectedRule[] }>('GET', '/rules');
    return rules;
  }

  /** Replaces the rule of that direction. */
  async setRule(rule: DirectedRule): Promise<void> {
    await this.#call('PUT', '/rules', rule);
  }

  /** No rules, no traps, nothing held; callers whose messages were lost see their connections break. */
  async heal(): Promise<void> {
    await this.#call('DELETE', '/rules');
  }

  addTrap(trap: Trap): Promise<{ id: number }> {
    return this.#call('POST', '/traps', trap);
  }

  /** The trap and the numbers (seq) of the messages it has caught. @throws UserError when it was removed */
  trap(id: number): Promise<{ trap: Trap; caught: number[] }> {
    return this.#call('GET', `/traps/${id}`);
  }

  /** Lets go of what the trap holds; it goes on catching. */
  async releaseTrap(id: number): Promise<void> {
    await this.#call('POST', `/traps/${id}/release`);
  }

  /** Removes the trap and lets go of what it holds. */
  async removeTrap(id: number): Promise<void> {
    await this.#call('DELETE', `/traps/${id}`);
  }

  /**
   * The next message to this node that a `puppet` trap caught.
   * @param waitMs how long to wait for one, at most 30 s
   * @returns undefined when there was none in time
   */
  nextPuppetCall(to: string, waitMs: number): Promise<WireMessage | undefined> {
    const query = new URLSearchParams({ to, waitMs: String(waitMs) });
    return this.#call('GET', `/puppet?${query}`, undefined, waitMs);
  }

  /**
   * Answers a puppet call in the node's place.
   * @param answer body: any JSON value; left out: no body
   * @returns false when the call no longer waits: answered already, healed, or older than 30 s
   */
  async answerPuppet(seq: number, answer: { status: number; body?: unknown }): Promise<boolean> {
    const path = `/puppet/${seq}`;
    const reply = await this.#send('POST', path, answer, ANSWER_WITHIN_MS);
    if (reply.status !== 404) this.#read('POST', path, reply);
    return reply.status !== 404;
  }

  /** The messages kept (the last 5,000) whose number is greater than `after`, oldest first. */
  async messages(after: number): Promise<WireMessage[]> {
    const { messages } = await this.#call<{ messages: WireMessage[] }>('GET', `/messages?after=${after}`);
    return messages;
  }

  /**
   * For who only looks on, often: the newest messages after this number, with their bodies cut short.
   * @param glance also: numbers of earlier messages that are wanted once more
   */
  async glance(after: number, { most, text, also }: Glance): Promise<WireMessage[]> {
    const query = new URLSearchParams({
      after: String(after),
      most: String(most),
      text: String(text),
      also: also.join(','),
    });
    const { messages } = await this.#call<{ messages: WireMessage[] }>('GET', `/messages?${query}`);
    return messages;
  }

  /** Starts the wire's random numbers anew. @param seed a whole number */
  async seed(seed: number): Promise<void> {
    await this.#call('PUT', '/seed', { seed });
  }

  async #call<T>(method: string, path: string, body?: unknown, waitMs = 0): Promise<T> {
    const reply = await this.#send(method, path, body, waitMs + ANSWER_WITHIN_MS);
    return this.#read(method, path, reply) as T;
  }

  #read(method: string, path: string, { status, text }: { status: number; text: string }): unknown {
    if (status >= 200 && status < 300) return text === '' ? undefined : JSON.parse(text);
    throw new UserError(`The wire refused ${method} ${path}.`, {
      code: status === 401 ? 'wire-foreign' : 'wire-refused',
      why: status === 401 ? `Another wire listens on ${this.#url}.` : `It answered ${status}: ${text}`,
      fix: 'dsc stop, then dsc start.',
    });
  }

  async #send(
    method: string,
    path: string,
    body: unknown,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    try {
      const answer = await httpRequest(method, `${this.#url}${path}`, {
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: { Authorization: `Bearer ${this.#token}` },
        timeoutMs,
      });
      return { status: answer.status, text: answer.body.toString('utf8') };
    } catch (error) {
      if (error instanceof NoAnswer) throw wireSilent(this.#url, `${error.message}.`);
      throw error;
    }
  }
}

function wireSilent(url: string, why: string): UserError {
  return new UserError('The wire does not answer.', {
    code: 'wire-silent',
    why: `dsc breaks links through the wire between the nodes, whose control port is ${url}. ${why}`,
    fix: 'dsc stop, then dsc start.',
  });
}
