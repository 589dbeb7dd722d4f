import { HttpError } from '../shared/http-error.ts';
import { sameJson } from '../shared/json-body.ts';
import {
  bury,
  expiredEntries,
  type Grant,
  grantLease,
  makePending,
  nowMs,
  oldestReady,
  requireLease,
} from './lease.ts';
import { backoffMs, newTask, type RetryTiming, type Task } from './task.ts';
import type { TaskTable } from './task-table.ts';

export interface BrokerSettings extends RetryTiming {
  leaseMs: number;
  /** A task may fail this often and still be tried again. */
  maxRetries: number;
}

/** Takes in tasks, gives them out under leases, and answers nothing before it is on disk. */
export class Broker {
  readonly #settings: BrokerSettings;
  readonly #tasks: TaskTable;
  readonly #wallClock: () => number;

  constructor(settings: BrokerSettings, tasks: TaskTable, wallClock: () => number) {
    this.#settings = settings;
    this.#tasks = tasks;
    this.#wallClock = wallClock;
  }

  // ANCHOR: enqueue
  /**
   * Takes in a task. The same id with the same payload is the same task: it is not added again.
   *
   * @returns the task, only after it is on disk, and whether this call added it
   * @throws HttpError 409 `id_conflict` if the id is known with another payload
   */
  async enqueue(id: string, payload: unknown): Promise<{ task: Task; added: boolean }> {
    // @exercise 2 enqueue
    const known = this.#tasks.get(id);
    if (known !== undefined && !sameJson(known.task.payload, payload)) {
      throw new HttpError(409, 'id_conflict', `Task ${id} exists with other data.`);
    }
    const entry = known ?? { task: newTask(id, payload, this.#wallClock(), nowMs()), leases: 0 };
    if (known === undefined) this.#tasks.add(entry);
    // A copy waits too: the first one may still be on its way to the disk.
    await this.#tasks.sync();
    return { task: entry.task, added: known === undefined };
    // ~ // TODO(session 2): look the id up in #tasks; compare the payload of a known one with sameJson;
    // ~ // if the id is new, make an entry with newTask and add it.
    // ~ // When may the answer leave? See TaskTable.sync. What must a copy of the request wait for?
    // ~ throw new Error('not implemented: enqueue');
    // @end
  }
  // ANCHOR_END: enqueue

  // ANCHOR: lease
  /**
   * Gives the oldest ready task to a worker for `leaseMs`. No other worker gets it in that time.
   *
   * @returns the task and its lease, only after the lease is on disk; undefined if no task is ready
   */
  async lease(worker: string): Promise<Grant | undefined> {
    // @exercise 2 lease
    const now = nowMs();
    const entry = oldestReady(this.#tasks.all(), now);
    if (entry === undefined) return undefined;
    // The task is taken before anything is awaited. Otherwise two workers could both find it ready.
    const lease = grantLease(entry, worker, now, this.#settings.leaseMs);
    this.#tasks.changed(entry);
    const grant = { task: { ...entry.task }, leaseId: lease.id, expiresAt: lease.expiresAt };
    await this.#tasks.sync();
    return grant;
    // ~ // TODO(session 2): find the task with oldestReady and take it with grantLease; then changed and sync.
    // ~ // Where could two workers get the same task? Everything before the first await happens at once.
    // ~ throw new Error('not implemented: lease');
    // @end
  }
  // ANCHOR_END: lease

  // ANCHOR: settle
  /**
   * The worker has done the task. The same call again changes nothing and is answered in the same way.
   *
   * @throws HttpError 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task
   */
  async complete(id: string, leaseId: string, result: unknown): Promise<Task> {
    // @exercise 2 settle
    const entry = this.#tasks.find(id);
    if (entry.completedBy !== leaseId) {
      requireLease(entry, leaseId);
      delete entry.lease;
      delete entry.task.error;
      entry.completedBy = leaseId;
      entry.task.status = 'completed';
      if (result !== undefined) entry.task.result = result;
      this.#tasks.changed(entry);
    }
    await this.#tasks.sync();
    return entry.task;
    // ~ // TODO(session 2): find the entry, check its lease with requireLease, change it; then changed, sync.
    // ~ // A worker that heard no answer asks again: keep the lease's id in completedBy to know it.
    // ~ throw new Error('not implemented: settle');
    // @end
  }

  /**
   * The worker could not do the task. It is tried again after a pause, or given up after `maxRetries`.
   *
   * @throws HttpError 404 `not_found`, 409 `lease_lost` if this lease no longer holds the task
   */
  async fail(id: string, leaseId: string, error: string): Promise<Task> {
    // @exercise 2 settle
    const entry = this.#tasks.find(id);
    requireLease(entry, leaseId);
    const pause = backoffMs(entry.task.retries, this.#settings);
    entry.task.retries += 1;
    entry.task.error = error;
    if (entry.task.retries > this.#settings.maxRetries) bury(entry);
    else makePending(entry, nowMs() + pause);
    this.#tasks.changed(entry);
    await this.#tasks.sync();
    return entry.task;
    // ~ // TODO(session 2): check its lease, count the failure, and make the task pending after backoffMs.
    // ~ // Once it has failed more than maxRetries times, bury it. Then changed and sync, as before.
    // ~ throw new Error('not implemented: settle');
    // @end
  }
  // ANCHOR_END: settle

  // ANCHOR: expire
  /**
   * Takes back tasks whose lease has run out: a failed delivery each, and available again at once.
   *
   * @param now epoch ms
   */
  expireLeases(now: number): void {
    // @exercise 2 expire-leases
    for (const entry of expiredEntries(this.#tasks.all(), now)) {
      entry.task.retries += 1;
      entry.task.error = `lease expired ${entry.task.retries} times`;
      if (entry.task.retries > this.#settings.maxRetries) bury(entry);
      else makePending(entry, now);
      this.#tasks.changed(entry);
    }
    // ~ // TODO(session 2): for each of expiredEntries count a failure and make the task pending at once,
    // ~ // or bury it with the error "lease expired n times". Then changed.
    // ~ throw new Error('not implemented: expire-leases');
    // @end
  }
  // ANCHOR_END: expire

  /** Like `lease`, but waits up to `waitMs` for a task. Gives nothing to a client that has hung up. */
  async leaseWithin(worker: string, waitMs: number, gone: () => boolean): Promise<Grant | undefined> {
    const until = performance.now() + waitMs;
    while (!gone()) {
      this.expireDue();
      const grant = await this.lease(worker);
      const timeLeft = until - performance.now();
      if (grant !== undefined || timeLeft <= 0 || this.#tasks.closed) return grant;
      await this.#tasks.nextChange(timeLeft);
    }
    return undefined;
  }

  /** Gives the holder of a lease another `leaseMs`. Throws HttpError 404 `not_found`, 409 `lease_lost`. */
  async extend(id: string, leaseId: string): Promise<Task> {
    const entry = this.#tasks.find(id);
    const lease = requireLease(entry, leaseId);
    lease.expiresAt = nowMs() + this.#settings.leaseMs;
    await this.#tasks.sync();
    return entry.task;
  }

  /** Takes a task out of the dead letters, with all its retries before it. Throws HttpError 404, 409 `not_failed`. */
  async revive(id: string): Promise<Task> {
    const entry = this.#tasks.find(id);
    if (entry.task.status !== 'failed') {
      throw new HttpError(409, 'not_failed', `Task ${id} is ${entry.task.status}, not failed.`);
    }
    entry.task.retries = 0;
    makePending(entry, nowMs());
    this.#tasks.changed(entry);
    await this.#tasks.sync();
    return entry.task;
  }

  /** Calls `expireLeases` if there is anything for it to do: by an alarm, and before every request. */
  expireDue(): void {
    const now = nowMs();
    if (expiredEntries(this.#tasks.all(), now).length > 0) this.expireLeases(now);
  }
}
