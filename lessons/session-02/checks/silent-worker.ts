import type { Check, Trial } from '../../../src/verify/check.ts';
import { CLOCK_GRAIN_MS, type Grant, Queue } from '../queue.ts';
import { expiring } from '../settings.ts';

const LEASE_MS = Number(expiring.LEASE_MS);
const SILENT = 3;

export const check: Check = {
  id: 'silent-worker',
  promise: 'When a worker falls silent its task goes to another, and what it says later is refused',
  hints: [
    'A worker took a task and is never heard of again. What tells the broker, and when?',
    'Look at expireLeases: every entry of expiredEntries counts as a failed delivery and is pending from now on, without a pause.',
  ],
  chapter: 'fundamentals/03-queue-system.md#when-the-timer-rings',
  services: ['broker'],
  settings: expiring,
  async run(trial: Trial) {
    const queue = new Queue(trial, expiring);
    const tasks = [];
    for (let n = 0; n < SILENT; n++) tasks.push(await queue.add(n));
    const ids = tasks.map(({ id }) => id);
    const silent = await Promise.all(ids.map(() => queue.leaseSurely('silent', `${ids.join(', ')} wait`)));
    const younger = await queue.add('posted while the others were in work');
    const inTime =
      performance.now() < Math.min(...silent.map(({ askedAt }) => askedAt)) + LEASE_MS - CLOCK_GRAIN_MS;
    for (const id of ids) await takenBack(trial, queue, id);
    const first = await queue.leaseSurely('w2', 'four wait');
    // Ready for longer than those that came back, although it was posted after them.
    trial.expect(!inTime || first.task.id === younger.id, {
      expected: `${younger.id}, ready before any lease ran out, is given out before the tasks that came back later`,
      seen: `${first.task.id} was given out first`,
    });
    await queue.complete(first);
    for (const grant of silent) await lateWords(trial, queue, grant);
    await queue.finish(first.task.id === younger.id ? ids : [...ids, younger.id]);
    for (const grant of silent) await lateWords(trial, queue, grant);
    trial.fact(`${SILENT} tasks of a silent worker were taken back after ${LEASE_MS} ms and done by others`);
  },
};

async function takenBack(trial: Trial, queue: Queue, id: string): Promise<void> {
  let seen = '';
  const task = await trial.eventually(
    `${id} is pending again when its lease of ${LEASE_MS} ms has run out`,
    async () => {
      const now = await queue.task(id);
      seen = `it is still ${now.status}`;
      return now.status === 'pending' && now;
    },
    { withinMs: 3_000, seen: () => seen },
  );
  trial.expectEqual(task.retries, 1, `the retries of ${id} after one lease ran out`);
}

async function lateWords(trial: Trial, queue: Queue, { task, leaseId }: Grant): Promise<void> {
  for (const action of ['complete', 'fail', 'extend']) {
    const body = { leaseId, result: 'late', error: 'late' };
    const what = `POST /task/${task.id}/${action} under the lease ${leaseId}, which ran out`;
    queue.expectLost(await queue.broker.call('POST', `/task/${task.id}/${action}`, body), what);
  }
  const { result, error } = await queue.task(task.id);
  trial.expect(result !== 'late' && error !== 'late', {
    expected: `${task.id} is as it was before the late words of its former holder`,
    seen: `its result is ${JSON.stringify(result)}, its error ${JSON.stringify(error)}`,
  });
}
