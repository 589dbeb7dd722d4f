import type { Answer, NodeClient, Trial } from '../../src/verify/check.ts';

export interface Task {
  id: string;
  payload: unknown;
  status: 'pending' | 'processing' | 'completed' | 'failed';
  createdAt: number;
  retries: number;
  result?: unknown;
  error?: string;
  worker?: string;
}

/** A task given out, as the checker saw it. `askedAt` and `gotAt` are the checker's clock, ms. */
export interface Grant {
  task: Task;
  leaseId: string;
  /** The n of `<taskId>:<n>`. */
  number: number;
  worker: string;
  askedAt: number;
  gotAt: number;
}

/** Clocks of whole milliseconds at both ends: a span may look this much shorter than it was, ms. */
export const CLOCK_GRAIN_MS = 4;
const STATUSES = ['pending', 'processing', 'completed', 'failed'];
const A_DAY_MS = 86_400_000;

/**
 * The broker with the checker as its producer and its workers. It keeps count of all leases, so that every check
 * notices a task held by two, a lease number used again, or a completed task given out once more.
 */
export class Queue {
  readonly broker: NodeClient;
  readonly #trial: Trial;
  readonly #leaseMs: number;
  readonly #own = new Set<string>();
  readonly #running = new Map<string, { grant: Grant; since: number }>();
  readonly #completed = new Map<string, Grant>();
  readonly #newest = new Map<string, Grant>();

  /** @param settings those of the check: its LEASE_MS counts */
  constructor(trial: Trial, settings: { readonly LEASE_MS: string }) {
    this.#trial = trial;
    this.#leaseMs = Number(settings.LEASE_MS);
    this.broker = trial.node('broker');
  }

  /** Posts a task that must be accepted as a new one. */
  async add(data: unknown, id = this.#trial.unique('task')): Promise<Task> {
    // Before it is posted: a worker that waits may have it before the answer to this is here.
    this.own(id);
    const answer = await this.broker.call('POST', '/task', { id, data });
    this.#trial.expectStatus(answer, 201, `POST /task of the new task ${id}`);
    return this.readTask(answer.body, 'the answer to POST /task');
  }

  /** Says that a task belongs to this check; tasks of others are got out of the way. */
  own(id: string): void {
    this.#own.add(id);
  }

  async task(id: string): Promise<Task> {
    const answer = await this.broker.call('GET', `/task/${encodeURIComponent(id)}`);
    this.#trial.expectStatus(answer, 200, `GET /task/${id}`);
    return this.readTask(answer.body, `GET /task/${id}`);
  }

  /** All tasks, or those of one status. */
  async tasks(status?: Task['status']): Promise<Task[]> {
    const path = `/tasks?${status ? `status=${status}&` : ''}limit=1000000`;
    const answer = await this.broker.call('GET', path);
    this.#trial.expectStatus(answer, 200, `GET ${path}`);
    this.#trial.expect(Array.isArray(answer.body), {
      expected: `GET ${path} is answered with a list of tasks`,
      seen: brief(answer.body),
    });
    return answer.body as Task[];
  }

  async stats(): Promise<Record<Task['status'], number>> {
    const answer = await this.broker.call('GET', '/stats');
    this.#trial.expectStatus(answer, 200, 'GET /stats');
    const whole = STATUSES.every((status) => Number.isInteger(answer.body?.[status]));
    this.#trial.expect(whole, {
      expected: 'GET /stats gives a whole number for pending, processing, completed and failed',
      seen: brief(answer.body),
    });
    const { pending, processing, completed, failed } = answer.body;
    return { pending, processing, completed, failed };
  }

  /**
   * Asks for a task; one that another check left behind is completed, and the question asked again.
   * @param waitMs how long the broker may wait for a task
   * @returns undefined when the broker says that none is ready
   */
  async lease(worker: string, waitMs = 0): Promise<Grant | undefined> {
    const until = performance.now() + waitMs;
    for (;;) {
      const left = Math.max(0, Math.round(until - performance.now()));
      const grant = await this.#ask(worker, left);
      if (!grant || this.#own.has(grant.task.id)) return grant;
      await this.broker.call('POST', settlePath(grant, 'complete'), { leaseId: grant.leaseId });
    }
  }

  /** Like lease, but a task must come: within the given time, scaled to this machine. */
  async leaseSurely(worker: string, why: string, withinMs = 3_000): Promise<Grant> {
    const grant = await this.lease(worker, Math.min(30_000, this.#trial.patience(withinMs)));
    if (grant) return grant;
    return this.#trial.broken({
      expected: `${worker} is given a task: ${why}`,
      seen: `POST /lease found none for ${(this.#trial.patience(withinMs) / 1000).toFixed(1)} s`,
    });
  }

  async complete(grant: Grant, result?: unknown): Promise<Answer> {
    this.#running.delete(grant.task.id);
    const answer = await this.#settle(grant, 'complete', { result });
    if (answer.status === 200) this.#completed.set(grant.task.id, grant);
    return answer;
  }

  fail(grant: Grant, error: string): Promise<Answer> {
    this.#running.delete(grant.task.id);
    return this.#settle(grant, 'fail', { error });
  }

  async extend(grant: Grant): Promise<Answer> {
    const since = performance.now();
    const answer = await this.#settle(grant, 'extend', {});
    const running = this.#running.get(grant.task.id);
    if (answer.status === 200 && running?.grant === grant) running.since = since;
    return answer;
  }

  /** Completes these tasks, however often their leases run out on a busy machine. */
  async finish(ids: readonly string[]): Promise<void> {
    const open = new Set(ids);
    for (let round = 0; open.size > 0 && round < 50; round++) {
      const grant = await this.leaseSurely('worker-last', `${[...open].join(', ')} must be done at last`);
      const answer = await this.complete(grant, 'done');
      if (answer.status === 409 && performance.now() > grant.askedAt + this.#leaseMs) continue;
      this.#trial.expectStatus(answer, 200, `completing ${grant.task.id} under its running lease`);
      open.delete(grant.task.id);
    }
  }

  /** The broker was killed: no lease runs any more. */
  leasesAreVoid(): void {
    this.#running.clear();
  }

  /** The answer must be 409 `lease_lost`. */
  expectLost(answer: Answer, what: string): void {
    this.#trial.expectStatus(answer, 409, what);
    this.#trial.expectEqual(answer.body?.error, 'lease_lost', `the error of ${what}`);
  }

  /** Does something that must leave the task as it is. */
  async unchanged(id: string, what: string, act: () => Promise<unknown>): Promise<void> {
    const before = contractFields(await this.task(id));
    await act();
    this.#trial.expectEqual(contractFields(await this.task(id)), before, `task ${id} after ${what}`);
  }

  /** Checks a task's shape. */
  readTask(body: any, what: string): Task {
    const stamp = Number.isFinite(body?.createdAt) && Math.abs(body.createdAt - Date.now()) < A_DAY_MS;
    const problem =
      typeof body?.id !== 'string' || body.id === ''
        ? 'it has no "id"'
        : !('payload' in body)
          ? 'it has no "payload"'
          : !STATUSES.includes(body.status)
            ? `its "status" is ${brief(body.status)}`
            : !stamp
              ? `its "createdAt" is ${brief(body.createdAt)}, which is not the present in epoch ms`
              : !Number.isInteger(body.retries) || body.retries < 0
                ? `its "retries" is ${brief(body.retries)}`
                : undefined;
    this.#trial.expect(problem === undefined, () => ({
      expected: `${what} is a task with id, payload, status, createdAt and retries`,
      seen: `${problem}: ${brief(body)}`,
    }));
    return body;
  }

  async #ask(worker: string, waitMs: number): Promise<Grant | undefined> {
    const askedAt = performance.now();
    const timeoutMs = waitMs + this.#trial.patience(5_000);
    const answer = await this.broker.call('POST', '/lease', { worker, waitMs }, { timeoutMs });
    const gotAt = performance.now();
    this.#trial.expectStatus(answer, [200, 204], 'POST /lease');
    if (answer.status === 204) return undefined;
    const { leaseId, expiresAt } = answer.body ?? {};
    const task = this.readTask(answer.body?.task, 'the "task" in the answer to POST /lease');
    const number = Number(String(leaseId).slice(task.id.length + 1));
    this.#trial.expect(
      typeof leaseId === 'string' && leaseId.startsWith(`${task.id}:`) && Number.isInteger(number),
      { expected: `a lease of ${task.id} is called ${task.id}:<number>`, seen: brief(leaseId) },
    );
    this.#trial.expect(Number.isFinite(expiresAt) && Math.abs(expiresAt - Date.now()) < A_DAY_MS, {
      expected: `"expiresAt" of the lease ${leaseId} is a time in epoch ms`,
      seen: brief(expiresAt),
    });
    const grant = { task, leaseId, number, worker, askedAt, gotAt };
    this.#record(grant);
    return grant;
  }

  #record(grant: Grant): void {
    const { id } = grant.task;
    this.#expectNewLease(grant);
    this.#expectNobodyElse(grant);
    this.#running.set(id, { grant, since: grant.askedAt });
    if ((this.#newest.get(id)?.number ?? -1) < grant.number) this.#newest.set(id, grant);
  }

  #expectNewLease(grant: Grant): void {
    const { id } = grant.task;
    const newest = this.#newest.get(id);
    const after = newest !== undefined && grant.askedAt > newest.gotAt;
    this.#trial.expect(
      newest === undefined || (after ? grant.number > newest.number : grant.number !== newest.number),
      () => ({
        expected: `each lease of ${id} has a higher number than the one before it (${newest?.leaseId})`,
        seen: `${grant.worker} was given the lease ${grant.leaseId}`,
      }),
    );
    const done = this.#completed.get(id);
    this.#trial.expect(done === undefined || grant.number < done.number, () => ({
      expected: `${id} is not given out any more: it was completed under the lease ${done?.leaseId}`,
      seen: `${grant.worker} was given it again, under the lease ${grant.leaseId}`,
    }));
  }

  /** Two leases overlap for certain when each was granted before the other can have run out. */
  #expectNobodyElse(grant: Grant): void {
    const running = this.#running.get(grant.task.id);
    if (!running) return;
    const { grant: first, since } = running;
    const leaseMs = this.#leaseMs - CLOCK_GRAIN_MS;
    const overlap = grant.gotAt < since + leaseMs && first.gotAt < grant.askedAt + leaseMs;
    this.#trial.expect(!overlap, () => ({
      expected: `nobody else is given ${grant.task.id} while the lease ${first.leaseId} of ${first.worker} runs (${this.#leaseMs} ms)`,
      seen: `${Math.round(grant.gotAt - since)} ms later ${grant.worker} had it too, under the lease ${grant.leaseId}`,
    }));
  }

  #settle(grant: Grant, action: string, fields: object): Promise<Answer> {
    return this.broker.call('POST', settlePath(grant, action), { leaseId: grant.leaseId, ...fields });
  }
}

/** Adds and takes apart a burst of work: this many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    }),
  );
}

export function settlePath(grant: Grant, action: string): string {
  return `/task/${encodeURIComponent(grant.task.id)}/${action}`;
}

/** JSON short enough for a sentence. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function contractFields({ id, payload, status, createdAt, retries, result, error }: Task): object {
  return { id, payload, status, createdAt, retries, result, error };
}
