import type { Answer, Trial } from '../../src/verify/check.ts';

export interface InboxEntry {
  id: string;
  type: string;
  from: string;
  data: any;
  receivedAt: number;
}

/** A send needs at most this long where nothing is broken for good, on an idle machine, ms. */
const GENEROUS_MS = 5_000;
/** How much longer than its deadline a send is waited for, on an idle machine, ms. */
const GRACE_MS = 3_000;

/** What the checks of session 1 do over and over: send, look into an inbox. */
export class Messages {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** `POST /send` at a node, with any answer. The client waits longer than the node may take. */
  send(
    from: string,
    to: string,
    type: string,
    data: unknown,
    deadlineMs = this.#trial.patience(GENEROUS_MS),
  ): Promise<Answer> {
    const timeoutMs = deadlineMs + this.#trial.patience(GRACE_MS);
    return this.#trial.node(from).call('POST', '/send', { to, type, data, deadlineMs }, { timeoutMs });
  }

  /** A send that must succeed. @returns the answer's body: id, reply, attempts */
  async deliver(
    from: string,
    to: string,
    type: string,
    data: unknown,
    deadlineMs = this.#trial.patience(GENEROUS_MS),
  ): Promise<{ id: string; reply: any; attempts: number }> {
    const answer = await this.send(from, to, type, data, deadlineMs);
    this.#trial.expectStatus(answer, 200, `POST /send of ${type} from ${from} to ${to}`);
    return answer.body;
  }

  /** `POST /message`: the checker speaks as a peer. */
  async message(to: string, envelope: Record<string, unknown>): Promise<Answer> {
    return this.#trial.node(to).call('POST', '/message', { from: 'node1', to, ...envelope });
  }

  async inbox(node: string): Promise<InboxEntry[]> {
    const answer = await this.#trial.node(node).call('GET', '/inbox');
    this.#trial.expectStatus(answer, 200, `GET /inbox at ${node}`);
    this.#trial.expect(Array.isArray(answer.body), {
      expected: 'GET /inbox answers a list',
      seen: JSON.stringify(answer.body),
    });
    return answer.body;
  }

  /** Breaks the promise unless the inbox holds exactly this many messages with the mark in their data or as their id. */
  async expectHandled(node: string, mark: string, times: number, why: string): Promise<void> {
    const entries = (await this.inbox(node)).filter(
      (entry) => entry.data?.mark === mark || entry.id === mark,
    );
    this.#trial.expect(entries.length === times, () => ({
      expected: `${node} handles the message ${times === 1 ? 'once' : `${times} times`}: ${why}`,
      seen: `its inbox has it ${entries.length} times`,
      evidence: entries.map((entry) => `inbox of ${node}: ${JSON.stringify(entry)}`),
    }));
  }

  /** What `add` has added up at a node so far: adding nothing asks for it. */
  async counter(node: string): Promise<number> {
    const id = this.#trial.unique('counter');
    const answer = await this.message(node, { id, type: 'add', data: { n: 0 } });
    this.#trial.expectStatus(answer, 200, `an add of 0 at ${node}`);
    return answer.body?.reply?.counter;
  }

  /** The ids that attempts carried on the wire, by the mark in their data. */
  async attemptsOnTheWire(from: string, to: string, mark: string): Promise<{ id: string; at: number }[]> {
    const messages = await this.#trial.wire.messages({ from, to, path: '/message' });
    return messages
      .filter((message) => message.body.includes(mark))
      .map((message) => ({ id: String(parse(message.body)?.id), at: message.sentAt }));
  }

  /** Says that nothing can be judged when a node does not use the URL that PEERS gives it. */
  async requireTraffic(from: string, to: string): Promise<void> {
    const messages = await this.#trial.wire.messages({ from, to });
    if (messages.length > 0) return;
    this.#trial.inconclusive(
      `No request of ${from} to ${to} came by the address that PEERS names, so it could not be broken.`,
      'A node reaches a peer only by its URL in PEERS; the given RpcClient does that.',
    );
  }
}

export function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
