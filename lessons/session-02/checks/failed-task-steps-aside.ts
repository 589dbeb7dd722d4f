import type { Check, Trial } from '../../../src/verify/check.ts';
import { CLOCK_GRAIN_MS, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const SHORTEST_PAUSE_MS = Number(calm.BACKOFF_BASE_MS) / 2;

export const check: Check = {
  id: 'failed-task-steps-aside',
  promise: 'A task that failed waits its pause, and those behind it go on',
  hints: [
    'The oldest task has just failed and must wait. What does the next worker get?',
    'Look at fail: retries, the error, and makePending with the time from which the task is ready again. And does lease look past it?',
  ],
  chapter: 'fundamentals/03-queue-system.md#failure-and-backoff',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    const [failing, behind] = [await queue.add('burns'), await queue.add('is fine')];
    const first = await queue.leaseSurely('w1', 'two wait');
    trial.expectEqual(first.task.id, failing.id, 'the oldest task, given out first');
    const failedAt = performance.now();
    trial.expectStatus(
      await queue.fail(first, 'the oven is cold'),
      200,
      `failing ${failing.id} under its lease`,
    );
    const { status, retries } = await queue.task(failing.id);
    trial.expectEqual(
      { status, retries },
      { status: 'pending', retries: 1 },
      `${failing.id} after it failed once`,
    );
    const late = 'the lease under which it failed, used once more';
    await queue.unchanged(failing.id, late, async () => queue.expectLost(await queue.complete(first), late));
    const second = await queue.lease('w2');
    trial.expect(second !== undefined, {
      expected: `${behind.id}, which is ready, is given out while the failed ${failing.id} waits its pause`,
      seen: 'POST /lease was answered with 204: no task is ready',
    });
    await expectPause(second.task.id, second.gotAt);
    trial.expectEqual(second.task.id, behind.id, 'the task that is given out while the failed one waits');
    const third = await queue.lease('w3');
    if (third) await expectPause(third.task.id, third.gotAt);
    trial.fact(`${behind.id} overtook ${failing.id}, which waits at least ${SHORTEST_PAUSE_MS} ms`);
    await queue.complete(second);
    if (third) await queue.complete(third);

    async function expectPause(id: string, gotAt: number): Promise<void> {
      const pauseMs = gotAt - failedAt;
      trial.expect(id !== failing.id || pauseMs >= SHORTEST_PAUSE_MS - CLOCK_GRAIN_MS, {
        expected: `${failing.id} waits at least ${SHORTEST_PAUSE_MS} ms after it failed (BACKOFF_BASE_MS is ${calm.BACKOFF_BASE_MS})`,
        seen: `it was given out again after ${Math.round(pauseMs)} ms`,
      });
    }
  },
};
