import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, wallClock } from '../shared/config.ts';
import { HttpError } from '../shared/http-error.ts';
import { HttpServer, type Route } from '../shared/http-server.ts';
import { numberField, objectBody } from '../shared/json-body.ts';
import { NoAnswer, RpcClient } from '../shared/rpc-client.ts';
import { Trace } from '../shared/trace.ts';
import { Inbox } from './inbox.ts';
import { type Handled, type Message, parseMessage, parseSendRequest, type SendRequest } from './messages.ts';
import { DeadlinePassed, sendWithRetry, type Timing } from './retry.ts';

/** `GET /inbox` shows this many messages at most. */
const INBOX_SIZE = 10_000;

/** One of the nodes that send each other messages. */
export class MessageNode {
  readonly #config: Config;
  readonly #timing: Timing;
  readonly #trace: Trace;
  readonly #server: HttpServer;
  readonly #client: RpcClient;
  readonly #inbox = new Inbox((message) => this.#handle(message));
  readonly #handled: Handled[] = [];
  readonly #startedAt = performance.now();
  #counter = 0;

  constructor(config: Config, timing: Timing) {
    this.#config = config;
    this.#timing = timing;
    this.#trace = new Trace(config.nodeId);
    this.#server = new HttpServer(config, this.#trace, this.#routes());
    this.#client = new RpcClient(config, this.#trace);
  }

  async start(): Promise<void> {
    await this.#server.start();
    this.#trace.event('state', { status: 'started' });
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Sends a new message to a peer. Throws HttpError 404 `unknown_peer`, 504 `timeout`, or the peer's refusal. */
  async send(to: string, request: SendRequest): Promise<{ id: string; reply: unknown; attempts: number }> {
    if (!this.#config.peers.has(to)) {
      throw new HttpError(404, 'unknown_peer', `${this.#config.nodeId} has no peer "${to}".`);
    }
    const { type, data, deadlineMs } = request;
    const message: Message = { id: randomUUID(), type, from: this.#config.nodeId, to, data };
    try {
      const sent = await sendWithRetry(message, this.#attempt, this.#timing, deadlineMs);
      return { id: message.id, ...sent };
    } catch (error) {
      if (!(error instanceof DeadlinePassed)) throw error;
      throw new HttpError(504, 'timeout', error.message, { id: message.id, attempts: error.attempts });
    }
  }

  /** Takes in a message from a peer and returns the reply. Throws HttpError 400 `wrong_node`, `unknown_type`. */
  receive(message: Message): Promise<unknown> {
    if (message.to !== this.#config.nodeId) {
      throw new HttpError(
        400,
        'wrong_node',
        `This is ${this.#config.nodeId}; the message is for ${message.to}.`,
      );
    }
    return this.#inbox.receive(message);
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    return { id: this.#config.nodeId, status: 'ok', role: 'node', uptimeMs };
  }

  /** One attempt to send. A refusal by the peer is final; silence or a failure of the peer is NoAnswer. */
  readonly #attempt = async (message: Message, timeoutMs: number): Promise<unknown> => {
    const { status, body } = await this.#client.post(message.to, '/message', message, timeoutMs);
    if (status === 200) return body?.reply;
    if (status >= 500) throw new NoAnswer(`${message.to} answered ${status}`);
    throw new HttpError(
      status,
      body?.error ?? 'refused',
      body?.message ?? `${message.to} refused the message.`,
    );
  };

  async #handle(message: Message): Promise<unknown> {
    switch (message.type) {
      case 'echo':
        this.#record(message);
        return message.data;
      case 'add': {
        const n = numberField(objectBody(message.data), 'n', { least: Number.MIN_SAFE_INTEGER });
        this.#record(message);
        this.#counter += n;
        return { counter: this.#counter };
      }
      case 'slow': {
        const ms = numberField(objectBody(message.data), 'ms');
        this.#record(message);
        await sleep(Math.min(ms, 2 ** 31 - 1));
        return { ms };
      }
      default:
        throw new HttpError(400, 'unknown_type', `No message has the type "${message.type}".`);
    }
  }

  #record(message: Message): void {
    const { id, type, from, data } = message;
    this.#handled.push({ id, type, from, data, receivedAt: wallClock(this.#config) });
    if (this.#handled.length > INBOX_SIZE) this.#handled.shift();
    this.#trace.event('apply', { msg: { id, type, from, to: message.to } });
  }

  #routes(): Route[] {
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      { method: 'GET', path: '/inbox', handle: () => ({ status: 200, body: this.#handled }) },
      {
        method: 'POST',
        path: '/message',
        handle: async ({ body }) => {
          const message = parseMessage(body);
          const reply = await this.receive(message);
          return { status: 200, body: { id: message.id, from: this.#config.nodeId, reply } };
        },
      },
      {
        method: 'POST',
        path: '/send',
        handle: async ({ body }) => {
          const request = parseSendRequest(body);
          return { status: 200, body: await this.send(request.to, request) };
        },
      },
    ];
  }
}
