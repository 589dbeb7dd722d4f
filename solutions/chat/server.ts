import type { Config } from '../shared/config.ts';
import { HttpServer, type Route } from '../shared/http-server.ts';
import { Trace } from '../shared/trace.ts';
import { clientRoutes } from './client-api.ts';
import { ClientSockets } from './client-sockets.ts';
import { Clients } from './clients.ts';
// @since 7
import { Journal } from './journal.ts';
// @end
import { pageRoutes } from './page-files.ts';
// @since 7
import { serverRoutes } from './server-api.ts';
import { Servers } from './servers.ts';
// @end
import type { ChatSettings } from './settings.ts';
// @since 7
import { Topics } from './topics.ts';
// @end

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
  // @since 7
  readonly #servers: Servers;
  #journal: Journal | undefined;
  // @end

  constructor(config: Config, settings: ChatSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#trace = new Trace(config.nodeId);
    // @since 7
    this.#servers = new Servers(config, this.#trace, settings.publishTimeoutMs);
    this.#clients = new Clients(config, settings, this.#servers);
    // @end
    // @until 7
    // ~ this.#clients = new Clients(config, settings);
    // @end
    this.#sockets = new ClientSockets((userId, socket) => this.#clients.accept(userId, socket));
  }

  // @since 7
  /** Reads the journal, then takes in clients, and talks to the other servers. */
  // @end
  // @until 7
  // ~ /** Takes in clients. */
  // @end
  async start(): Promise<void> {
    const clients = this.#clients;
    // @since 7
    const { journal, records } = await Journal.open(this.#config.dataDir);
    const topics = new Topics(this.#config, journal, records, this.#servers, clients);
    this.#journal = journal;
    clients.topics = topics;
    // @end
    this.#server = new HttpServer(this.#config, this.#trace, this.#routes(), this.#sockets.upgrade);
    await this.#server.start();
    this.#every(this.#settings.heartbeatMs, () => clients.sweep());
    // @since 7
    this.#every(this.#settings.heartbeatMs, () => clients.presence.beat(this.#settings.presenceTimeoutMs));
    this.#every(this.#settings.subscribeMs, () => topics.renew());
    this.#trace.event('state', { status: 'started', messages: records.length });
    // @end
    // @until 7
    // ~ this.#trace.event('state', { status: 'started' });
    // @end
  }

  /** Says goodbye to the clients, finishes the requests at hand, and lets go of everything. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#server?.stop(), this.#sockets.close()]);
    // @since 7
    await this.#journal?.close();
    // @end
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    const health = {
      id: this.#config.nodeId,
      status: 'ok',
      role: 'server',
      connections: this.#clients.count,
    };
    // @since 7
    const { topics } = this.#clients;
    const roomIds = [...topics.rooms().keys()];
    const rooms = Object.fromEntries(roomIds.map((roomId) => [roomId, topics.sequencerOf(roomId)]));
    return { ...health, rooms, uptimeMs };
    // @end
    // @until 7
    // ~ return { ...health, uptimeMs };
    // @end
  }

  #routes(): Route[] {
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      ...pageRoutes(),
      ...clientRoutes(this.#clients),
      // @since 7
      ...serverRoutes(this.#config, this.#clients.topics, this.#clients.presence),
      // @end
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
