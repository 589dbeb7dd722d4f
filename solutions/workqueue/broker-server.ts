import { randomUUID } from 'node:crypto';
import { type Config, wallClock } from '../shared/config.ts';
import { type HttpAnswer, HttpServer, type Route } from '../shared/http-server.ts';
import { anyField, numberField, objectBody, stringField } from '../shared/json-body.ts';
import { Trace } from '../shared/trace.ts';
import { Broker, type BrokerSettings } from './broker.ts';
import { Journal } from './journal.ts';
import { parseLimit, parseStatus } from './task.ts';
import { TaskTable } from './task-table.ts';

const MAX_WAIT_MS = 30_000;
const DEFAULT_LIMIT = 1000;

/** The broker as the network sees it. */
export class BrokerServer {
  readonly #config: Config;
  readonly #settings: BrokerSettings;
  readonly #startedAt = performance.now();
  #server: HttpServer | undefined;
  #tasks: TaskTable | undefined;

  constructor(config: Config, settings: BrokerSettings) {
    this.#config = config;
    this.#settings = settings;
  }

  /** Reads the journal, then accepts requests. */
  async start(): Promise<void> {
    const { journal, entries } = await Journal.open(this.#config.dataDir);
    const tasks = new TaskTable(journal, entries, () => broker.expireDue());
    const broker = new Broker(this.#settings, tasks, () => wallClock(this.#config));
    const trace = new Trace(this.#config.nodeId);
    this.#tasks = tasks;
    this.#server = new HttpServer(this.#config, trace, [
      ...this.#readRoutes(tasks, broker),
      ...writeRoutes(broker),
    ]);
    await this.#server.start();
    trace.event('state', { status: 'started', tasks: entries.size });
  }

  /** Lets go of workers that wait, finishes the requests at hand, and closes the journal last: they need it. */
  async stop(): Promise<void> {
    this.#tasks?.letGo();
    await this.#server?.stop();
    await this.#tasks?.close();
  }

  health(): Record<string, unknown> {
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    return { id: this.#config.nodeId, status: 'ok', role: 'broker', uptimeMs };
  }

  /** Reading waits for the disk too: no answer shows what a crash could take back. */
  #readRoutes(tasks: TaskTable, broker: Broker): Route[] {
    const afterSync = async (read: () => unknown): Promise<HttpAnswer> => {
      broker.expireDue();
      const body = read();
      await tasks.sync();
      return { status: 200, body };
    };
    return [
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: this.health() }) },
      { method: 'GET', path: '/stats', handle: () => afterSync(() => tasks.stats()) },
      {
        method: 'GET',
        path: '/task/:id',
        handle: ({ params }) => afterSync(() => ({ ...tasks.find(params.id ?? '').task })),
      },
      {
        method: 'GET',
        path: '/tasks',
        handle: ({ query }) => {
          const status = parseStatus(query.get('status'));
          const limit = parseLimit(query.get('limit'), DEFAULT_LIMIT);
          return afterSync(() => tasks.list(status, limit));
        },
      },
    ];
  }
}

function writeRoutes(broker: Broker): Route[] {
  /** `POST /task/:id/<action>` with a lease: the lease must still run. */
  const settle = (
    action: string,
    change: (id: string, leaseId: string, fields: Record<string, unknown>) => Promise<unknown>,
  ): Route => ({
    method: 'POST',
    path: `/task/:id/${action}`,
    handle: async ({ params, body }) => {
      const fields = objectBody(body);
      const leaseId = stringField(fields, 'leaseId');
      broker.expireDue();
      return { status: 200, body: await change(params.id ?? '', leaseId, fields) };
    },
  });
  return [
    {
      method: 'POST',
      path: '/task',
      handle: async ({ body }) => {
        const fields = objectBody(body);
        const payload = anyField(fields, 'data');
        const id = 'id' in fields ? stringField(fields, 'id') : randomUUID();
        const { task, added } = await broker.enqueue(id, payload);
        return { status: added ? 201 : 200, body: task };
      },
    },
    {
      method: 'POST',
      path: '/lease',
      handle: async ({ body, clientGone }) => {
        const fields = objectBody(body);
        const waitMs = Math.min(numberField(fields, 'waitMs', { fallback: 0 }), MAX_WAIT_MS);
        const grant = await broker.leaseWithin(stringField(fields, 'worker'), waitMs, clientGone);
        return grant === undefined ? { status: 204 } : { status: 200, body: grant };
      },
    },
    settle('complete', (id, leaseId, fields) => broker.complete(id, leaseId, fields.result)),
    settle('fail', (id, leaseId, fields) => broker.fail(id, leaseId, stringField(fields, 'error'))),
    settle('extend', (id, leaseId) => broker.extend(id, leaseId)),
    {
      method: 'POST',
      path: '/task/:id/retry',
      handle: async ({ params }) => ({ status: 200, body: await broker.revive(params.id ?? '') }),
    },
  ];
}
