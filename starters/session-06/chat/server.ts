import type { Config } from '../shared/config.ts';
import { HttpServer, type Route } from '../shared/http-server.ts';
import { Trace } from '../shared/trace.ts';
import { clientRoutes } from './client-api.ts';
import { ClientSockets } from './client-sockets.ts';
import { Clients } from './clients.ts';
import { pageRoutes } from './page-files.ts';
import type { ChatSettings } from './settings.ts';

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

  constructor(config: Config, settings: ChatSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#trace = new Trace(config.nodeId);
    this.#clients = new Clients(config, settings);
    this.#sockets = new ClientSockets((userId, socket) => this.#clients.accept(userId, socket));
  }

  /** Takes in clients. */
  async start(): Promise<void> {
    const clients = this.#clients;
    this.#server = new HttpServer(this.#config, this.#trace, this.#routes(), this.#sockets.upgrade);
    await this.#server.start();
    this.#every(this.#settings.heartbeatMs, () => clients.sweep());
    this.#trace.event('state', { status: 'started' });
  }

  /** Says goodbye to the clients, finishes the requests at hand, and lets go of everything. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#server?.stop(), this.#sockets.close()]);
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    const health = {
      id: this.#config.nodeId,
      status: 'ok',
      role: 'server',
      connections: this.#clients.count,
    };
    return { ...health, uptimeMs };
  }

  #routes(): Route[] {
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      ...pageRoutes(),
      ...clientRoutes(this.#clients),
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
