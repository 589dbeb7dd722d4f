import type { Check, Trial } from '../../../src/verify/check.ts';
import { completion, type Delivery, deliveries, goesRoundTheWire } from '../deliveries.ts';
import { inParallel, Queue, type Task } from '../queue.ts';
import { everyone, working } from '../settings.ts';

const TASKS = 30;
const LEASE_MS = Number(working.LEASE_MS);

export const check: Check = {
  id: 'work-is-shared',
  promise:
    'The whole system: tasks go in, several workers do them at the same time, and the queue runs empty',
  hints: [
    'All parts run now. Which part does a task that is not done hang in: is it pending, or processing?',
    'dsc logs shows what each worker does; GET /tasks shows retries and error of each task. The workers are given: they need lease, complete, fail and extend.',
  ],
  chapter: 'fundamentals/03-queue-system.md#workers',
  services: everyone,
  settings: working,
  async run(trial: Trial) {
    const queue = new Queue(trial, working);
    const quick = Array.from({ length: TASKS }, () => trial.unique('quick'));
    const sleepers = Array.from({ length: 6 }, () => trial.unique('sleep'));
    const [failing, long] = [trial.unique('fails-twice'), trial.unique('long')];
    // Longer than a lease: it can be completed only by a worker that extends its lease.
    await queue.add({ op: 'sleep', ms: LEASE_MS * 1.6 }, long);
    await queue.add({ op: 'fail', times: 2 }, failing);
    await inParallel(sleepers, 3, async (id) => void (await queue.add({ op: 'sleep', ms: 100 }, id)));
    await inParallel(quick, 4, async (id) => void (await queue.add({ hello: id }, id)));
    const done = await allCompleted(trial, queue, [...quick, ...sleepers, failing, long]);
    for (const id of quick) {
      trial.expectEqual(
        done.get(id)?.result,
        { hello: id },
        `the result of ${id}, whose work is to return its payload,`,
      );
    }
    const { retries } = done.get(failing)!;
    trial.expect(retries >= 2, {
      expected: `${failing}, which fails twice, has at least 2 retries in the end`,
      seen: `it has ${retries}`,
    });
    const all = await deliveries(trial);
    if (all.length === 0) goesRoundTheWire(trial, trial.services.slice(1, -1));
    await overlap(trial, queue);
    await runsEmpty(trial, queue);
    const workers = new Set(all.map(({ worker }) => worker));
    trial.fact(
      `${done.size} tasks done by ${[...workers].sort().join(', ')}; ${failing} after ${retries} retries; pending 0, processing 0`,
    );
  },
};

async function allCompleted(trial: Trial, queue: Queue, ids: string[]): Promise<Map<string, Task>> {
  let open: Task[] = [];
  return trial.eventually(
    `${ids.length} tasks are completed`,
    async () => {
      const tasks = (await queue.tasks()).filter(({ id }) => ids.includes(id));
      open = tasks.filter(({ status }) => status !== 'completed');
      if (open.some(({ retries }) => retries >= 3)) await someoneExtends(trial);
      return (
        open.length === 0 && tasks.length === ids.length && new Map(tasks.map((task) => [task.id, task]))
      );
    },
    {
      seen: () =>
        `${open.map(({ id, status, retries }) => `${id} is ${status} (retries ${retries})`).join(', ')}`,
    },
  );
}

/** A worker whose timer is late extends late, but one that never extends has forgotten it. */
async function someoneExtends(trial: Trial): Promise<void> {
  const late = (await deliveries(trial)).filter(({ reports, givenAt }) =>
    reports.some(({ action, sentAt }) => action === 'complete' && sentAt > givenAt + LEASE_MS * 1.5),
  );
  const extended = late.some(({ reports }) => reports.some(({ action }) => action === 'extend'));
  trial.expect(late.length < 3 || extended, () => ({
    expected: `a worker extends its lease of ${LEASE_MS} ms while it works on a task that takes longer`,
    seen: `${late.length} times a worker reported such a task too late, and never sent an extend`,
    evidence: late.map(({ worker, leaseId }) => `${worker} had ${leaseId} in hand, without an extend`),
  }));
}

/** Two workers had a task in hand at the same time. */
async function overlap(trial: Trial, queue: Queue): Promise<void> {
  await trial.eventually(
    'two workers have a task in hand at the same time, when several tasks wait that take 100 ms',
    async () => {
      const spans = (await deliveries(trial)).flatMap(span);
      const both = spans.some((one) =>
        spans.some((two) => one.worker < two.worker && one.from < two.to && two.from < one.to),
      );
      if (!both) for (let n = 0; n < 4; n++) await queue.add({ op: 'sleep', ms: 100 });
      return both;
    },
  );
}

function span(delivery: Delivery): { worker: string; from: number; to: number }[] {
  const done = completion([delivery], delivery.id)?.reports.find(({ action }) => action === 'complete');
  return done ? [{ worker: delivery.worker, from: delivery.givenAt, to: done.sentAt }] : [];
}

async function runsEmpty(trial: Trial, queue: Queue): Promise<void> {
  let stats = await queue.stats();
  await trial.eventually(
    'GET /stats shows pending 0 and processing 0',
    async () => {
      stats = await queue.stats();
      return stats.pending === 0 && stats.processing === 0;
    },
    { seen: () => `pending ${stats.pending}, processing ${stats.processing}` },
  );
}
