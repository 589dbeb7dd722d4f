import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../shared/config.ts';
import { HttpServer } from '../shared/http-server.ts';
import { NoAnswer, type PeerAnswer, RpcClient } from '../shared/rpc-client.ts';
import { Trace } from '../shared/trace.ts';
import { handleTask } from './handler.ts';
import type { Grant } from './lease.ts';
import { backoffMs } from './task.ts';

/** How long the broker may keep a request for a task waiting. */
const WAIT_MS = 2000;
const ANSWER_TIMEOUT_MS = 2000;
/** Pauses while the broker does not answer. */
const RECONNECT = { backoffBaseMs: 100, backoffMaxMs: 2000 };
/** How long a stopping worker may take to finish its task. */
const STOP_GRACE_MS = 1500;

/** Takes one task after another from the broker and works on it. */
export class Worker {
  readonly #config: Config;
  readonly #leaseMs: number;
  readonly #trace: Trace;
  readonly #server: HttpServer;
  readonly #broker: RpcClient;
  readonly #stopping = new AbortController();
  readonly #startedAt = performance.now();
  /** Settles when the task at hand is done. */
  #working: Promise<void> = Promise.resolve();
  #completed = 0;

  constructor(config: Config, leaseMs: number) {
    this.#config = config;
    this.#leaseMs = leaseMs;
    this.#trace = new Trace(config.nodeId);
    const health = () => ({ status: 200, body: this.health() });
    this.#server = new HttpServer(config, this.#trace, [{ method: 'GET', path: '/health', handle: health }]);
    this.#broker = new RpcClient(config, this.#trace);
  }

  async start(): Promise<void> {
    await this.#server.start();
    void this.#run();
  }

  /** Takes no more tasks. A task that cannot be finished in time is left to its lease. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const grace = sleep(STOP_GRACE_MS, undefined, { ref: false });
    await Promise.all([Promise.race([this.#working, grace]), this.#server.stop()]);
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    return { id: this.#config.nodeId, status: 'ok', role: 'worker', uptimeMs, completed: this.#completed };
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const request = { worker: this.#config.nodeId, waitMs: WAIT_MS };
      const answer = await this.#send('/lease', request, WAIT_MS + ANSWER_TIMEOUT_MS);
      if (answer?.status === 200) {
        this.#working = this.#work(answer.body as Grant);
        await this.#working;
      } else if (answer !== undefined && answer.status !== 204) {
        await this.#pause(RECONNECT.backoffMaxMs);
      }
    }
  }

  async #work({ task, leaseId }: Grant): Promise<void> {
    const path = `/task/${encodeURIComponent(task.id)}`;
    console.log(`${this.#config.nodeId} starts task ${task.id} (lease ${leaseId}, retries ${task.retries})`);
    const extending = setInterval(() => {
      // The next one comes soon: an extension that gets lost is not sent again.
      void this.#attempt(`${path}/extend`, { leaseId }, this.#leaseMs / 3);
    }, this.#leaseMs / 3);
    let answer: PeerAnswer | undefined;
    try {
      const result = await handleTask(task);
      answer = await this.#send(`${path}/complete`, { leaseId, result }, ANSWER_TIMEOUT_MS);
    } catch (error) {
      const reason = (error as Error).message;
      answer = await this.#send(`${path}/fail`, { leaseId, error: reason }, ANSWER_TIMEOUT_MS);
    } finally {
      clearInterval(extending);
    }
    const outcome = answer?.status === 200 ? answer.body.status : (answer?.body?.error ?? 'unknown');
    if (outcome === 'completed') this.#completed += 1;
    console.log(`${this.#config.nodeId} ends task ${task.id}: ${outcome}`);
  }

  /** Sends a request until the broker answers it; undefined if the worker was stopped before that. */
  async #send(path: string, body: unknown, timeoutMs: number): Promise<PeerAnswer | undefined> {
    for (let failures = 0; ; failures += 1) {
      const answer = await this.#attempt(path, body, timeoutMs);
      if (answer !== undefined && answer.status < 500) return answer;
      if (this.#stopping.signal.aborted) return undefined;
      await this.#pause(backoffMs(failures, RECONNECT));
    }
  }

  /** Sends a request once; undefined if no answer came. */
  async #attempt(path: string, body: unknown, timeoutMs: number): Promise<PeerAnswer | undefined> {
    try {
      return await this.#broker.post('broker', path, body, timeoutMs);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return undefined;
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
