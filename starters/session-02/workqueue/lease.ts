import { HttpError } from '../shared/http-error.ts';
import type { Task } from './task.ts';

/** The right to work on a task until a certain time. */
export interface Lease {
  /** `<taskId>:<n>`. n grows with each lease of the task, so a higher one is newer: a fencing token. */
  id: string;
  worker: string;
  /** Epoch ms by the broker's own timer. */
  expiresAt: number;
}

/** A task and what the broker alone knows about it. */
export interface Entry {
  task: Task;
  /** How many leases of the task there have been. */
  leases: number;
  /** Set while the task is `processing`. */
  lease?: Lease;
  /** The lease under which it was completed. */
  completedBy?: string;
}

/** What a worker is given. */
export interface Grant {
  task: Task;
  leaseId: string;
  expiresAt: number;
}

/** Epoch ms by this machine's clock: for timers, never skewed. */
export function nowMs(): number {
  return Date.now();
}

/**
 * Gives out the entry's task: it is `processing` from now on.
 *
 * @param now epoch ms
 */
export function grantLease(entry: Entry, worker: string, now: number, leaseMs: number): Lease {
  entry.leases += 1;
  entry.lease = { id: `${entry.task.id}:${entry.leases}`, worker, expiresAt: now + leaseMs };
  entry.task.status = 'processing';
  entry.task.worker = worker;
  delete entry.task.availableAt;
  return entry.lease;
}

/** Ends the entry's lease, if it has one, and makes the task available at a time (epoch ms). */
export function makePending(entry: Entry, availableAt: number): void {
  delete entry.lease;
  entry.task.status = 'pending';
  entry.task.availableAt = availableAt;
}

/** Ends the entry's lease, if it has one, and gives the task up: it is a dead letter. */
export function bury(entry: Entry): void {
  delete entry.lease;
  delete entry.task.availableAt;
  entry.task.status = 'failed';
}

/** The entry's lease, if it is this one. Throws HttpError 409 `lease_lost` if another holds the task, or none. */
export function requireLease(entry: Entry, leaseId: string): Lease {
  if (entry.lease?.id !== leaseId) {
    throw new HttpError(
      409,
      'lease_lost',
      `The lease ${leaseId} does not hold task ${entry.task.id} any more.`,
    );
  }
  return entry.lease;
}

/** The pending entry that has been available for the longest time; of equals the one that arrived first. */
export function oldestReady(entries: Iterable<Entry>, now: number): Entry | undefined {
  let oldest: Entry | undefined;
  let since = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const { status, availableAt = 0 } = entry.task;
    if (status === 'pending' && availableAt <= now && availableAt < since) {
      oldest = entry;
      since = availableAt;
    }
  }
  return oldest;
}

/** Entries whose lease has run out. */
export function expiredEntries(entries: Iterable<Entry>, now: number): Entry[] {
  return [...entries].filter((entry) => entry.lease !== undefined && entry.lease.expiresAt <= now);
}

/** The next moment after `now` at which a lease runs out or a pause ends; undefined if there is none. */
export function nextDue(entries: Iterable<Entry>, now: number): number | undefined {
  let next: number | undefined;
  for (const { task, lease } of entries) {
    const due = lease?.expiresAt ?? (task.status === 'pending' ? task.availableAt : undefined);
    if (due !== undefined && (lease !== undefined || due > now)) next = Math.min(next ?? due, due);
  }
  return next;
}
