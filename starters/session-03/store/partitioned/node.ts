import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, wallClock } from '../../shared/config.ts';
import { Forwarder } from '../../shared/forwarder.ts';
import { HttpError } from '../../shared/http-error.ts';
import { HttpServer, type Route } from '../../shared/http-server.ts';
import { objectBody } from '../../shared/json-body.ts';
import { NoAnswer, RpcClient } from '../../shared/rpc-client.ts';
import { Trace } from '../../shared/trace.ts';
import { parseKey } from '../key-value.ts';
import { clientRoutes } from './client-api.ts';
import { Coordinator } from './coordinator.ts';
import { Journal } from './journal.ts';
import { Membership, parseNodes } from './membership.ts';
import type { Message, Network, Receive } from './messages.ts';
import { Reconciler } from './reconciler.ts';
import { Replica } from './replica.ts';
import { RingChange } from './ring-change.ts';
import type { StoreSettings } from './settings.ts';

/** A forwarded write asks the owners and then tells them: two timeouts, and time for the disks. */
const FORWARD_TIMEOUTS = 3;
/** Between nodes a value travels with its entry, and perhaps escaped: then it is longer than it came. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** How long a stopping node waits for the comparison at hand. */
const STOP_GRACE_MS = 1500;

/** One of the nodes that together are the store: puts its parts together. */
export class StoreNode {
  readonly #config: Config;
  readonly #settings: StoreSettings;
  readonly #trace: Trace;
  readonly #client: RpcClient;
  readonly #startedAt = performance.now();
  /** By message type. */
  readonly #receivers = new Map<string, Receive>();
  #server: HttpServer | undefined;
  #reconciler: Reconciler | undefined;
  #reconciling: Promise<void> = Promise.resolve();
  #journal: Journal | undefined;
  #lastTimestamp = 0;

  constructor(config: Config, settings: StoreSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#trace = new Trace(config.nodeId);
    this.#client = new RpcClient(config, this.#trace);
  }

  /** Reads the journal, then accepts requests. */
  async start(): Promise<void> {
    const { nodeId, dataDir } = this.#config;
    const settings = this.#settings;
    const peers = [...this.#config.peers.keys()];
    const network: Network = { nodeId, peers, send: this.send.bind(this) };
    const { journal, remembered } = await Journal.open(dataDir);
    const ring = remembered.ring ?? { epoch: 0, nodes: [nodeId, ...peers].sort() };
    const membership = new Membership(journal, ring, settings.vnodes, settings.replicas);
    const replica = new Replica(journal, remembered, settings.mode, this.#trace);
    // Session 4 puts one leader and its log in the place of all this, in a folder of its own: store/replicated.
    const timestamp = () => this.#timestamp();
    const coordinator = new Coordinator(network, settings, membership, replica, timestamp);
    const reconciler = new Reconciler(network, settings, membership, replica);
    const change = new RingChange(network, membership, replica, reconciler, settings.ringTimeoutMs);
    this.#receivers
      .set('read', (data) => coordinator.onRead(data))
      .set('write', (data) => coordinator.onWrite(data))
      .set('sums', (data) => reconciler.onSums(data))
      .set('stamps', (data) => reconciler.onStamps(data))
      .set('copy', (data) => reconciler.onCopy(data))
      .set('ring', (data) => change.onRing(data));
    const forwarder = new Forwarder(this.#config, this.#trace, FORWARD_TIMEOUTS * settings.replicaTimeoutMs);
    this.#journal = journal;
    this.#reconciler = reconciler;
    this.#server = new HttpServer(this.#config, this.#trace, [
      ...this.#ownRoutes(),
      ...this.#ringRoutes(membership, change),
      ...replicaRoutes(replica),
      ...clientRoutes(nodeId, coordinator, forwarder),
    ]);
    await this.#server.start();
    this.#reconciling = reconciler.run();
    this.#trace.event('state', { status: 'started', mode: settings.mode, keys: remembered.entries.size });
  }

  /** Finishes the requests at hand, and closes the journal last: they need it. */
  async stop(): Promise<void> {
    this.#reconciler?.stop();
    const grace = sleep(STOP_GRACE_MS, undefined, { ref: false });
    await Promise.all([this.#server?.stop(), Promise.race([this.#reconciling, grace])]);
    await this.#journal?.close();
  }

  /** Sends a message to a node and waits for the reply. Throws NoAnswer if none comes or the node refuses. */
  async send(to: string, message: Message, timeoutMs: number): Promise<any> {
    if (to === this.#config.nodeId) return this.receive(message);
    if (!this.#config.peers.has(to)) throw new NoAnswer(`${to} is not in PEERS`);
    const path = `/_replica/${message.type}`;
    const { status, body } = await this.#client.post(to, path, message.data, timeoutMs);
    if (status !== 200) throw new NoAnswer(`${to} answered ${status}`);
    return body;
  }

  /** Takes in a message from another node and returns the reply. Throws HttpError. */
  async receive({ type, data }: Message): Promise<Record<string, unknown>> {
    const receive = this.#receivers.get(type);
    if (receive === undefined) throw new HttpError(404, 'not_found', `There is no message "${type}".`);
    return receive(data);
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    return { id: this.#config.nodeId, status: 'ok', role: 'node', mode: this.#settings.mode, uptimeMs };
  }

  /** What the clock says; of two writes in one millisecond the second is stamped a millisecond later. */
  #timestamp(): number {
    this.#lastTimestamp = Math.max(wallClock(this.#config), this.#lastTimestamp + 1);
    return this.#lastTimestamp;
  }

  #ownRoutes(): Route[] {
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      {
        method: 'POST',
        path: '/_replica/:type',
        maxBodyBytes: MAX_MESSAGE_BYTES,
        handle: async ({ params, body }) => {
          const message = { type: params.type ?? '', data: objectBody(body) };
          return { status: 200, body: await this.receive(message) };
        },
      },
    ];
  }

  #ringRoutes(membership: Membership, change: RingChange): Route[] {
    return [
      {
        method: 'GET',
        path: '/_ring',
        handle: () => {
          const { ring, vnodes, replicas, points } = membership;
          return { status: 200, body: { ...ring, vnodes, replicas, points } };
        },
      },
      {
        method: 'PUT',
        path: '/_ring',
        handle: async ({ body }) => {
          const nodes = parseNodes(objectBody(body));
          const known = [this.#config.nodeId, ...this.#config.peers.keys()];
          const stranger = nodes.find((node) => !known.includes(node));
          if (stranger !== undefined) {
            const message = `"nodes" has "${stranger}"; this node knows ${known.join(', ')}.`;
            throw new HttpError(400, 'bad_request', message);
          }
          return { status: 200, body: { moved: await change.change(nodes), nodes } };
        },
      },
      {
        method: 'GET',
        path: '/_owner/:key',
        handle: ({ params }) => {
          const key = parseKey(params.key ?? '');
          return { status: 200, body: { key, owners: membership.ownersOf(key) } };
        },
      },
    ];
  }
}

/** Shows what this node holds. It waits for the disk too: no answer shows what a crash could take back. */
function replicaRoutes(replica: Replica): Route[] {
  const afterSync = (path: string, read: () => unknown): Route => ({
    method: 'GET',
    path,
    handle: async () => {
      const body = read();
      await replica.sync();
      return { status: 200, body };
    },
  });
  return [
    afterSync('/_local', () => replica.all().filter((entry) => !entry.deleted)),
    afterSync('/_conflicts', () => [...replica.conflicts]),
  ];
}
