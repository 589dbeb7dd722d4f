import type { Check, Trial } from '../../../src/verify/check.ts';
import { CLOCK_GRAIN_MS, type Grant, Queue } from '../queue.ts';
import { failing } from '../settings.ts';

const TASKS = 8;
const MAX_RETRIES = Number(failing.MAX_RETRIES);
const BASE_MS = Number(failing.BACKOFF_BASE_MS);
const MAX_MS = Number(failing.BACKOFF_MAX_MS);
/** Any machine may be so late. */
const ALWAYS_ALLOWED_MS = 300;

interface Pause {
  id: string;
  /** How often the task had failed before this failure. */
  retries: number;
  /** At least as long as the pause really was. */
  ms: number;
}

export const check: Check = {
  id: 'growing-pauses',
  promise:
    'The pause before the next try doubles with each failure, up to a limit, and differs from task to task',
  hints: [
    'A service that is down does not recover faster because everybody asks it again at once. What should change from failure to failure?',
    'Look at fail: backoffMs takes how often the task had failed before this time. Is retries counted before or after?',
  ],
  chapter: 'fundamentals/03-queue-system.md#failure-and-backoff',
  services: ['broker'],
  settings: failing,
  async run(trial: Trial) {
    const queue = new Queue(trial, failing);
    const pauses = await failAll(trial, queue);
    for (let retries = 0; retries < MAX_RETRIES; retries++) judgeLevel(trial, pauses, retries);
    judgeLimit(trial, pauses);
    judgeJitter(trial, pauses);
    const levels = Array.from({ length: MAX_RETRIES }, (_, retries) =>
      Math.round(average(at(pauses, retries))),
    );
    trial.fact(`${TASKS} tasks failed ${MAX_RETRIES} times: pauses of ${levels.join(', ')} ms on average`);
  },
};

/** Fails each task as often as it may fail, with one worker for each, then completes it. */
async function failAll(trial: Trial, queue: Queue): Promise<Pause[]> {
  const pauses: Pause[] = [];
  const failedAt = new Map<string, number>();
  const open = new Set<string>();
  for (let n = 0; n < TASKS; n++) open.add((await queue.add(n)).id);
  async function handle(grant: Grant): Promise<void> {
    const { task, gotAt } = grant;
    const since = failedAt.get(task.id);
    if (since !== undefined) pauses.push({ id: task.id, retries: task.retries - 1, ms: gotAt - since });
    const failures = pauses.filter(({ id }) => id === task.id).length;
    trial.expectEqual(task.retries, failures, `the retries of ${task.id} at delivery ${failures + 1}`);
    if (task.retries === MAX_RETRIES) {
      trial.expectStatus(await queue.complete(grant), 200, `completing ${task.id} at its last try`);
      open.delete(task.id);
      return;
    }
    failedAt.set(task.id, performance.now());
    trial.expectStatus(
      await queue.fail(grant, 'not yet'),
      200,
      `failing ${task.id} (failure ${task.retries + 1})`,
    );
  }
  async function work(worker: string): Promise<void> {
    let lastAt = performance.now();
    while (open.size > 0) {
      const grant = await queue.lease(worker, 50);
      if (grant) await handle(grant);
      if (grant) lastAt = performance.now();
      if (performance.now() - lastAt > trial.patience(4_000)) await neverBack(trial, queue, [...open]);
    }
  }
  await Promise.all(Array.from({ length: TASKS }, (_, index) => work(`w${index + 1}`)));
  return pauses;
}

async function neverBack(trial: Trial, queue: Queue, open: string[]): Promise<never> {
  const tasks = await Promise.all(open.map((id) => queue.task(id)));
  return trial.broken({
    expected: `a task that failed comes back after ${MAX_MS} ms at most, ${MAX_RETRIES} times (MAX_RETRIES)`,
    seen: `${open.length} tasks did not come back for ${trial.patience(4_000)} ms`,
    evidence: tasks.map(({ id, status, retries }) => `${id} is ${status}, retries ${retries}`),
  });
}

/** A pause is measured from before the failure was told until the task was in hand: never shorter than it was. */
function judgeLevel(trial: Trial, pauses: Pause[], retries: number): void {
  const ceiling = Math.min(BASE_MS * 2 ** retries, MAX_MS);
  const [shortest] = at(pauses, retries).sort((a, b) => a.ms - b.ms);
  trial.expect(shortest !== undefined, { expected: 'every task comes back', seen: 'none did' });
  trial.expect(shortest.ms >= ceiling / 2 - CLOCK_GRAIN_MS, () => ({
    expected: `after ${retries} earlier failures the pause is ${ceiling / 2} to ${ceiling} ms`,
    seen: `${shortest.id} was given out again after ${Math.round(shortest.ms)} ms`,
    evidence: pauses.filter(({ id }) => id === shortest.id).map(row),
  }));
}

/**
 * Without a limit the last pauses are many times longer than allowed. Lateness is told from that by how late the
 * earlier ones were, and it would have to strike all tasks, twice.
 */
function judgeLimit(trial: Trial, pauses: Pause[]): void {
  const early = pauses.filter(({ retries }) => BASE_MS * 2 ** retries <= MAX_MS);
  const latest = Math.max(...early.map(({ retries, ms }) => ms - BASE_MS * 2 ** retries));
  const most = MAX_MS + Math.max(ALWAYS_ALLOWED_MS, 3 * latest);
  const last = pauses.filter(({ retries }) => retries >= MAX_RETRIES - 2);
  trial.expect(
    last.some(({ ms }) => ms <= most),
    () => ({
      expected: `no pause is planned longer than ${MAX_MS} ms (BACKOFF_MAX_MS)`,
      seen: `after ${MAX_RETRIES - 2} and more failures every task waited at least ${Math.round(Math.min(...last.map(({ ms }) => ms)))} ms`,
      evidence: last.map(row),
    }),
  );
}

/** Pauses that are all just as long as they may be are not drawn by lot. Lateness alone would not leave out the short ones. */
function judgeJitter(trial: Trial, pauses: Pause[]): void {
  const longest = pauses.filter(({ retries }) => BASE_MS * 2 ** retries >= MAX_MS);
  const full = longest.every(({ ms }) => ms >= MAX_MS - CLOCK_GRAIN_MS);
  const punctual = longest.filter(({ ms }) => ms <= MAX_MS * 1.15).length;
  trial.expect(!full || punctual < longest.length / 2, () => ({
    expected: `${longest.length} pauses are spread between ${MAX_MS / 2} and ${MAX_MS} ms, so that tasks do not all come back at once`,
    seen: `not one of them was shorter than ${MAX_MS} ms, and most were that long to a hair`,
    evidence: longest.map(row),
  }));
}

function at(pauses: Pause[], retries: number): Pause[] {
  return pauses.filter((pause) => pause.retries === retries);
}

function average(pauses: Pause[]): number {
  return pauses.reduce((sum, { ms }) => sum + ms, 0) / pauses.length;
}

function row({ id, retries, ms }: Pause): string {
  return `${id}: pause after failure ${retries + 1}: ${Math.round(ms)} ms`;
}
