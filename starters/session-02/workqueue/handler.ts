import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from './task.ts';

/**
 * Does a task's work. The queue delivers at least once, so the same task may come again, here or at another
 * worker: doing it twice must be harmless.
 *
 * `{"op":"sleep","ms":500}` takes its time, `{"op":"fail","times":2}` fails the first two deliveries,
 * anything else is returned as it is.
 *
 * @returns the result; rejects if the work failed
 */
export async function handleTask(task: Task): Promise<unknown> {
  const { op, ms, times } = (task.payload ?? {}) as { op?: unknown; ms?: unknown; times?: unknown };
  if (op === 'sleep' && typeof ms === 'number') {
    await sleep(Math.min(Math.max(ms, 0), 2 ** 31 - 1));
  }
  if (op === 'fail' && typeof times === 'number' && task.retries < times) {
    throw new Error(`failed on purpose (delivery ${task.retries + 1}, fails ${times})`);
  }
  return task.payload;
}
