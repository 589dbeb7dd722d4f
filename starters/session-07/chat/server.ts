import type { Config } from '../shared/config.ts';
import { HttpServer, type Route } from '../shared/http-server.ts';
import { Trace } from '../shared/trace.ts';
import { clientRoutes } from './client-api.ts';
import { ClientSockets } from './client-sockets.ts';
import { Clients } from './clients.ts';
import { Journal } from './journal.ts';
import { pageRoutes } from './page-files.ts';
import { serverRoutes } from './server-api.ts';
import { Servers } from './servers.ts';
import type { ChatSettings } from './settings.ts';
import { Topics } from './topics.ts';

/** A chat server, as the network sees it. */
export class ChatServer {
  readonly #config: Config;
  readonly #settings: ChatSettings;
  readonly #trace: Trace;
  readonly #clients: Clients;
  readonly #sockets: ClientSockets;
  readonly #startedAt = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];
  #server: HttpServer | undefined;
  readonly #servers: Servers;
  #journal: Journal | undefined;

  constructor(config: Config, settings: ChatSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#trace = new Trace(config.nodeId);
    this.#servers = new Servers(config, this.#trace, settings.publishTimeoutMs);
    this.#clients = new Clients(config, settings, this.#servers);
    this.#sockets = new ClientSockets((userId, socket) => this.#clients.accept(userId, socket));
  }

  /** Reads the journal, then takes in clients, and talks to the other servers. */
  async start(): Promise<void> {
    const clients = this.#clients;
    const { journal, records } = await Journal.open(this.#config.dataDir);
    const topics = new Topics(this.#config, journal, records, this.#servers, clients);
    this.#journal = journal;
    clients.topics = topics;
    this.#server = new HttpServer(this.#config, this.#trace, this.#routes(), this.#sockets.upgrade);
    await this.#server.start();
    this.#every(this.#settings.heartbeatMs, () => clients.sweep());
    this.#every(this.#settings.heartbeatMs, () => clients.presence.beat(this.#settings.presenceTimeoutMs));
    this.#every(this.#settings.subscribeMs, () => topics.renew());
    this.#trace.event('state', { status: 'started', messages: records.length });
  }

  /** Says goodbye to the clients, finishes the requests at hand, and lets go of everything. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#server?.stop(), this.#sockets.close()]);
    await this.#journal?.close();
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    const health = {
      id: this.#config.nodeId,
      status: 'ok',
      role: 'server',
      connections: this.#clients.count,
    };
    const { topics } = this.#clients;
    const roomIds = [...topics.rooms().keys()];
    const rooms = Object.fromEntries(roomIds.map((roomId) => [roomId, topics.sequencerOf(roomId)]));
    return { ...health, rooms, uptimeMs };
  }

  #routes(): Route[] {
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      ...pageRoutes(),
      ...clientRoutes(this.#clients),
      ...serverRoutes(this.#config, this.#clients.topics, this.#clients.presence),
    ];
  }

  /** Does something again and again. A mistake in it is told, and does not end the server. */
  #every(ms: number, work: () => unknown): void {
    const guarded = async () => {
      try {
        await work();
      } catch (error) {
        console.error(error);
      }
    };
    this.#timers.push(setInterval(guarded, ms));
  }
}
