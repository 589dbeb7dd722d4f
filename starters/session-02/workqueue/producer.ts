import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../shared/config.ts';
import { HttpServer } from '../shared/http-server.ts';
import { NoAnswer, RpcClient } from '../shared/rpc-client.ts';
import { Trace } from '../shared/trace.ts';
import { backoffMs } from './task.ts';

const ANSWER_TIMEOUT_MS = 2000;
/** Pauses while the broker does not answer. */
const RECONNECT = { backoffBaseMs: 100, backoffMaxMs: 2000 };

export interface ProducerSettings {
  /** How many tasks to send. */
  tasks: number;
  /** From one task to the next. */
  intervalMs: number;
}

/** Sends a number of tasks to the broker, then idles. */
export class Producer {
  readonly #config: Config;
  readonly #settings: ProducerSettings;
  readonly #server: HttpServer;
  readonly #broker: RpcClient;
  readonly #stopping = new AbortController();
  readonly #startedAt = performance.now();
  #sent = 0;

  constructor(config: Config, settings: ProducerSettings) {
    this.#config = config;
    this.#settings = settings;
    const trace = new Trace(config.nodeId);
    const health = () => ({ status: 200, body: this.health() });
    this.#server = new HttpServer(config, trace, [{ method: 'GET', path: '/health', handle: health }]);
    this.#broker = new RpcClient(config, trace);
  }

  async start(): Promise<void> {
    await this.#server.start();
    void this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#server.stop();
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    return { id: this.#config.nodeId, status: 'ok', role: 'producer', uptimeMs, sent: this.#sent };
  }

  async #run(): Promise<void> {
    for (let number = 1; number <= this.#settings.tasks; number += 1) {
      await this.#send({ id: `${this.#config.nodeId}-${randomUUID()}`, data: { op: 'echo', number } });
      if (this.#stopping.signal.aborted) return;
      this.#sent += 1;
      await this.#pause(this.#settings.intervalMs);
    }
  }

  /** Sends one task until the broker has acknowledged it. Every attempt has the same id: it is one task. */
  async #send(request: { id: string; data: unknown }): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; failures += 1) {
      try {
        const { status } = await this.#broker.post('broker', '/task', request, ANSWER_TIMEOUT_MS);
        if (status === 200 || status === 201) {
          console.log(`${this.#config.nodeId} sent task ${request.id}`);
          return;
        }
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
      }
      await this.#pause(backoffMs(failures, RECONNECT));
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
