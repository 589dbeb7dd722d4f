import type { Config } from '../shared/config.ts';
import { Forwarder } from '../shared/forwarder.ts';
import { HttpError } from '../shared/http-error.ts';
import { HttpServer, type Route } from '../shared/http-server.ts';
import { NoAnswer, RpcClient } from '../shared/rpc-client.ts';
import { Trace } from '../shared/trace.ts';
import { commandRoutes } from './command-api.ts';
import { kvRoutes } from './kv-api.ts';
import { lastIndex, lastTerm } from './log.ts';
import { parseMessage, type RaftMessage } from './messages.ts';
import type { RaftSettings } from './settings.ts';
import { Shell } from './shell.ts';
import { createState } from './state.ts';
import { RaftStorage } from './storage.ts';

/** Many entries travel in one message, each with a value of up to 1 MiB, which may be longer when it is escaped. */
const MAX_RAFT_BYTES = 256 * 1024 * 1024;

/** One of the nodes that agree, as the network sees it. */
export class ConsensusNode {
  readonly #config: Config;
  readonly #settings: RaftSettings;
  readonly #trace: Trace;
  readonly #client: RpcClient;
  readonly #startedAt = performance.now();
  #storage: RaftStorage | undefined;
  #shell: Shell | undefined;
  #server: HttpServer | undefined;

  constructor(config: Config, settings: RaftSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#trace = new Trace(config.nodeId);
    this.#client = new RpcClient(config, this.#trace);
  }

  /** Reads what is on disk, accepts requests, and waits for a leader. */
  async start(): Promise<void> {
    const { nodeId, peers, dataDir } = this.#config;
    const { storage, durable } = await RaftStorage.open(dataDir);
    const state = createState(nodeId, [...peers.keys()], durable, this.#settings.maxEntriesPerAppend);
    const shell = new Shell(state, storage, (message) => this.send(message), this.#settings, this.#trace);
    this.#storage = storage;
    this.#shell = shell;
    this.#server = new HttpServer(this.#config, this.#trace, this.#routes(shell));
    await this.#server.start();
    shell.start();
    const { currentTerm: term, log } = state;
    this.#trace.event('state', { status: 'started', term, entries: lastIndex(log) });
  }

  /** Finishes the requests at hand, and closes the storage last: they need it. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#shell?.stop();
    await this.#storage?.close();
  }

  /** Asks another node, and gives its answer. Throws NoAnswer if there is none in time, or none that can be read. */
  async send(message: RaftMessage): Promise<RaftMessage> {
    const { to, from } = message;
    const answer = await this.#client.post(to, '/raft', message, this.#settings.rpcTimeoutMs);
    if (answer.status !== 200) throw new NoAnswer(`${to} answered ${answer.status}`);
    try {
      return parseMessage(answer.body, [to], from);
    } catch (error) {
      throw new NoAnswer(`${to} gave a malformed answer: ${(error as Error).message}`);
    }
  }

  /** Takes in a message from another node, and gives the answer to it. */
  async receive(message: RaftMessage): Promise<RaftMessage> {
    const answer = await this.#shell?.receive(message);
    if (answer) return answer;
    throw new HttpError(400, 'bad_request', `"${message.type}" is an answer, and nothing was asked.`);
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    const { id, state: role, currentTerm: term, leader, commitIndex, log } = this.#shell!.node;
    return { id, status: 'ok', role, term, leader, commitIndex, lastLogIndex: lastIndex(log), uptimeMs };
  }

  #routes(shell: Shell): Route[] {
    const { nodeId, peers } = this.#config;
    // The node that forwards waits a little longer than the one that answers.
    const forwardTimeoutMs = this.#settings.requestTimeoutMs + this.#settings.rpcTimeoutMs;
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      {
        method: 'POST',
        path: '/raft',
        maxBodyBytes: MAX_RAFT_BYTES,
        handle: async ({ body }) => {
          return { status: 200, body: await this.receive(parseMessage(body, [...peers.keys()], nodeId)) };
        },
      },
      {
        method: 'GET',
        path: '/status',
        handle: async () => ({ status: 200, body: await this.#status(shell) }),
      },
      {
        method: 'GET',
        path: '/log',
        handle: async ({ query }) => {
          const from = wholeNumber(query, 'from', 1);
          const limit = wholeNumber(query, 'limit', Number.MAX_SAFE_INTEGER);
          const entries = shell.node.log.slice(Math.max(0, from - 1), Math.max(0, from - 1) + limit);
          // No answer shows what a crash could take back.
          await shell.sync();
          return { status: 200, body: entries };
        },
      },
      ...commandRoutes(shell),
      ...kvRoutes(shell, new Forwarder(this.#config, this.#trace, forwardTimeoutMs)),
    ];
  }

  async #status(shell: Shell): Promise<Record<string, unknown>> {
    const { id, state, currentTerm, votedFor, leader, commitIndex, lastApplied, log } = shell.node;
    const last = { lastLogIndex: lastIndex(log), lastLogTerm: lastTerm(log) };
    await shell.sync();
    return { id, state, currentTerm, votedFor, leader, commitIndex, lastApplied, ...last };
  }
}

/** Reads a whole number from the query. Throws HttpError 400. */
function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new HttpError(400, 'bad_request', `"${name}" must be a whole number, not "${text}".`);
}
