import type { Check, Trial } from '../../../src/verify/check.ts';
import { CLOCK_GRAIN_MS, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const SHORT_MS = 200;
const LONG_MS = 20_000;

export const check: Check = {
  id: 'long-poll',
  promise: 'A worker may wait for a task: it hears 204 when its time is over, and of a new task at once',
  hints: [
    'An idle worker should neither ask all the time nor learn of a task late. Who waits for what?',
    'Look at lease and who calls it: leaseWithin asks again at every change. Does add report the change, and does nothing block in between?',
  ],
  chapter: 'fundamentals/03-queue-system.md#workers',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    await waitsInVain(trial, queue);
    await hearsOfATask(trial, queue);
  },
};

async function waitsInVain(trial: Trial, queue: Queue): Promise<void> {
  await queue.lease('sweeper');
  const began = performance.now();
  const none = await queue.lease('patient', SHORT_MS);
  const waited = performance.now() - began;
  trial.expect(none === undefined, { expected: 'no task is ready', seen: `${none?.leaseId} was given out` });
  trial.expect(waited >= SHORT_MS - CLOCK_GRAIN_MS, {
    expected: `POST /lease with "waitMs": ${SHORT_MS} waits so long for a task before it is answered with 204`,
    seen: `204 after ${Math.round(waited)} ms`,
  });
}

async function hearsOfATask(trial: Trial, queue: Queue): Promise<void> {
  const soonMs = trial.patience(4_000);
  const waiting = queue.lease('waiting', LONG_MS);
  let heard = false;
  const ended = waiting.then(
    () => {
      heard = true;
    },
    () => {},
  );
  // Long enough for the question to arrive; if it does not, the rest holds all the same.
  await Promise.race([ended, trial.elapse(50)]);
  const health = await queue.broker.try('GET', '/health', undefined, { timeoutMs: soonMs });
  trial.expect(health.answer?.status === 200, {
    expected: 'GET /health is answered while a worker waits for a task',
    seen: health.answer ? `${health.answer.status}` : `no answer for ${Math.round(soonMs)} ms`,
  });
  const { id } = await queue.add('at last');
  const postedAt = performance.now();
  await Promise.race([ended, trial.elapse(soonMs)]);
  trial.expect(heard, {
    expected: `the worker that waits for a task is given ${id} as soon as it is posted`,
    seen: `nothing for ${Math.round(performance.now() - postedAt)} ms`,
  });
  const grant = await waiting;
  trial.expectEqual(grant?.task.id, id, 'the task given to the worker that waited');
  trial.fact(
    `a waiting worker had the new task after ${Math.max(0, Math.round(grant!.gotAt - postedAt))} ms`,
  );
  await queue.complete(grant!);
}
