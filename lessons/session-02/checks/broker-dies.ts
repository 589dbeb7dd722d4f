import type { Check, Trial } from '../../../src/verify/check.ts';
import { allAskAnew, completion, deliveries } from '../deliveries.ts';
import { startLoad } from '../load.ts';
import { Queue } from '../queue.ts';
import { everyone, working } from '../settings.ts';

const DONE_BEFORE = 10;

export const check: Check = {
  id: 'broker-dies',
  promise:
    'The broker dies under load and comes back: all accepted tasks are done, and done tasks are not given out again',
  hints: [
    'Producer and workers are in the middle of something. Whom does the new broker owe what?',
    'Look at what is on disk when 201 leaves, and when 200 leaves for complete. The workers ask again by themselves.',
  ],
  chapter: 'fundamentals/03-queue-system.md#after-a-crash',
  services: everyone,
  settings: working,
  async run(trial: Trial) {
    const queue = new Queue(trial, working);
    await allAskAnew(trial, queue);
    const load = startLoad(trial, queue.broker, 3, (id) => ({ id }));
    await load.reach(20);
    const before = await completedOnTheWire(trial);
    await trial.faults.kill('broker');
    await load.stop();
    trial.note(
      `${load.accepted.size} tasks accepted and at least ${before.length} completed when the broker was killed`,
    );
    await trial.faults.restart('broker');
    for (const id of before)
      trial.expectEqual(
        (await queue.task(id)).status,
        'completed',
        `the status of ${id}, completed before the crash,`,
      );
    await allDone(trial, queue, [...load.accepted.keys()]);
    await notGivenOutAgain(trial);
    trial.fact(`${load.accepted.size} tasks were accepted before the crash, all of them are done`);
  },
};

async function completedOnTheWire(trial: Trial): Promise<string[]> {
  let done = new Set<string>();
  await trial.eventually(
    `the workers complete ${DONE_BEFORE} tasks`,
    async () => {
      const all = await deliveries(trial);
      done = new Set(all.map(({ id }) => id).filter((id) => completion(all, id)));
      return done.size >= DONE_BEFORE;
    },
    { seen: () => `${done.size} were` },
  );
  return [...done];
}

async function allDone(trial: Trial, queue: Queue, ids: string[]): Promise<void> {
  let seen = '';
  await trial.eventually(
    `all ${ids.length} tasks that were answered with 201 are completed after the restart`,
    async () => {
      const status = new Map((await queue.tasks()).map((task) => [task.id, task.status]));
      const lost = ids.filter((id) => !status.has(id));
      trial.expect(lost.length === 0, {
        expected: `all ${ids.length} tasks that were answered with 201 are there after the restart`,
        seen: `${lost.length} are gone, among them ${lost[0]}`,
      });
      const open = ids.filter((id) => status.get(id) !== 'completed');
      seen = `${open.length} are not, among them ${open[0]} (${status.get(open[0] ?? '')})`;
      return open.length === 0;
    },
    { seen: () => seen },
  );
}

/** Lease numbers grow: a lease with a higher number than the one that completed the task was given out later. */
async function notGivenOutAgain(trial: Trial): Promise<void> {
  const all = await deliveries(trial);
  for (const { id, worker, leaseId, number } of all) {
    const done = completion(all, id);
    trial.expect(!done || number <= done.number, {
      expected: `${id} is not given out any more after its completion under ${done?.leaseId} was answered with 200`,
      seen: `${worker} was given it again, under ${leaseId}`,
    });
  }
}
