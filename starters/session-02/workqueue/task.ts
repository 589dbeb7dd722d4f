import { HttpError } from '../shared/http-error.ts';

export type TaskStatus = 'pending' | 'processing' | 'completed' | 'failed';

export const TASK_STATUSES: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed'];

/** A piece of work as everyone sees it. Times are epoch ms. */
export interface Task {
  id: string;
  payload: unknown;
  status: TaskStatus;
  createdAt: number;
  /** Deliveries that failed: the worker said so, or its lease ran out. */
  retries: number;
  /** When it may be given out (again). Only for pending tasks. */
  availableAt?: number;
  /** The last worker that got it. */
  worker?: string;
  result?: unknown;
  /** Why the last delivery failed. */
  error?: string;
}

export interface RetryTiming {
  backoffBaseMs: number;
  backoffMaxMs: number;
}

export function newTask(id: string, payload: unknown, createdAt: number, availableAt: number): Task {
  return { id, payload, status: 'pending', createdAt, retries: 0, availableAt };
}

/**
 * How long something that failed waits for its next try: a ceiling that doubles with each failure, with equal
 * jitter (drawn evenly between half the ceiling and the ceiling).
 *
 * @param failures how often it had failed before: 0, 1, 2, ...
 * @returns a pause in ms
 */
export function backoffMs(failures: number, timing: RetryTiming): number {
  const ceiling = Math.min(timing.backoffBaseMs * 2 ** failures, timing.backoffMaxMs);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/** Reads a `status=` of a query. Throws HttpError 400 `bad_request`. */
export function parseStatus(text: string | null): TaskStatus | undefined {
  if (text === null) return undefined;
  const status = TASK_STATUSES.find((known) => known === text);
  if (status === undefined) {
    throw new HttpError(400, 'bad_request', `"status" must be one of ${TASK_STATUSES.join(', ')}.`);
  }
  return status;
}

/** Reads a `limit=` of a query. Throws HttpError 400 `bad_request`. */
export function parseLimit(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new HttpError(400, 'bad_request', '"limit" must be a whole number of at least 1.');
  }
  return Number(text);
}
