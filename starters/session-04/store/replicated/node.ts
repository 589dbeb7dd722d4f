import type { Config } from '../../shared/config.ts';
import { Forwarder } from '../../shared/forwarder.ts';
import { HttpError } from '../../shared/http-error.ts';
import { HttpServer, type Route } from '../../shared/http-server.ts';
import { Trace } from '../../shared/trace.ts';
import { clientRoutes } from './client-api.ts';
import { Journal } from './journal.ts';
import { Replica } from './replica.ts';
import { parseRpc } from './rpc.ts';
import type { ReplicationSettings } from './settings.ts';

/** Between nodes a value travels with others, and perhaps escaped: then it is longer than it came. */
const MAX_RPC_BYTES = 8 * 1024 * 1024;

/** One of the nodes that together are the store, as the network sees it. */
export class StoreNode {
  readonly #config: Config;
  readonly #settings: ReplicationSettings;
  readonly #trace: Trace;
  readonly #startedAt = performance.now();
  #journal: Journal | undefined;
  #replica: Replica | undefined;
  #server: HttpServer | undefined;

  constructor(config: Config, settings: ReplicationSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#trace = new Trace(config.nodeId);
  }

  /** Reads the journal, then accepts requests, and waits for a leader. */
  async start(): Promise<void> {
    const { journal, remembered } = await Journal.open(this.#config.dataDir);
    const replica = new Replica(this.#config, this.#settings, this.#trace, journal, remembered);
    const { state, keyValues } = replica;
    // The node that forwards waits a little longer than the one that answers.
    const { requestTimeoutMs, rpcTimeoutMs } = this.#settings;
    const forwarder = new Forwarder(this.#config, this.#trace, requestTimeoutMs + rpcTimeoutMs);
    const leadership = () => replica.leadership;
    this.#journal = journal;
    this.#replica = replica;
    this.#server = new HttpServer(this.#config, this.#trace, [
      ...this.#ownRoutes(replica),
      ...clientRoutes({ state, keyValues, forwarder, leadership }),
    ]);
    await this.#server.start();
    replica.start();
    this.#trace.event('state', { status: 'started', term: state.term, entries: replica.log.lastIndex });
  }

  /** Finishes the requests at hand, and closes the journal last: they need it. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#replica?.stop();
    await this.#journal?.close();
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    const { role, term, leader } = this.#replica?.state ?? {};
    const lastLogIndex = this.#replica?.log.lastIndex;
    const commitIndex = this.#replica?.keyValues.commitIndex;
    return { id: this.#config.nodeId, status: 'ok', role, term, leader, lastLogIndex, commitIndex, uptimeMs };
  }

  #ownRoutes(replica: Replica): Route[] {
    const { nodeId, peers } = this.#config;
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      {
        method: 'POST',
        path: '/_rpc',
        maxBodyBytes: MAX_RPC_BYTES,
        handle: async ({ body }) => {
          const message = parseRpc(body, [...peers.keys()], nodeId);
          return { status: 200, body: await replica.receive(message) };
        },
      },
      {
        method: 'GET',
        path: '/_log',
        handle: async ({ query }) => {
          const entries = replica.log.entriesFrom(parseFrom(query));
          // No answer shows what a crash could take back.
          await replica.log.sync();
          return { status: 200, body: entries };
        },
      },
    ];
  }
}

/** Reads `?from=`: an index, 1 if it is left out. Throws HttpError 400. */
function parseFrom(query: URLSearchParams): number {
  const from = query.get('from') ?? '1';
  if (/^\d{1,15}$/.test(from)) return Number(from);
  throw new HttpError(400, 'bad_request', `"from" must be an index, not "${from}".`);
}
