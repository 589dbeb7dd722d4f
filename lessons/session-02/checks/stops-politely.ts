import type { Check, Trial } from '../../../src/verify/check.ts';
import { Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const WITHIN_MS = 2_000;
/** Workers that wait for a task when the signal comes. */
const WAITING = 8;

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM in the middle of work: the broker ends within 2 s, with exit code 0 and nothing lost',
  hints: [
    'What must be finished before a broker may go, and whom need it not wait for?',
    'The given program does this: stop lets go of workers that wait, and closes the journal. What in your code could hold it up?',
  ],
  chapter: 'fundamentals/03-queue-system.md#stopping-politely',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    await queue.lease('sweeper');
    const kept: string[] = [];
    for (let n = 0; n < 5; n++) kept.push((await queue.add(n)).id);
    await Promise.all(kept.map(() => queue.leaseSurely('w1', 'tasks wait')));
    const waiting = Array.from({ length: WAITING }, () =>
      queue.broker.try('POST', '/lease', { worker: 'idle', waitMs: 30_000 }, { timeoutMs: 60_000 }),
    );
    await trial.elapse(50);
    // These come while it stops. Fewer than wait for a task, so that some go on waiting.
    const posted = Array.from({ length: WAITING / 2 }, async (_, n) => {
      const id = trial.unique('last');
      const { answer } = await queue.broker.try('POST', '/task', { id, data: n });
      if (answer?.status === 201) kept.push(id);
    });
    const { exitCode, ms } = await trial.terminate('broker');
    await Promise.all([...waiting, ...posted]);
    trial.expect(exitCode === 0, {
      expected: 'after SIGTERM the broker ends by itself with exit code 0',
      seen:
        exitCode === null
          ? 'the signal or a SIGKILL ended it'
          : `exit code ${exitCode} after ${Math.round(ms)} ms`,
    });
    trial.expect(ms <= WITHIN_MS + trial.slackMs, {
      expected: `after SIGTERM the broker is gone within ${WITHIN_MS / 1000} s`,
      seen: `it took ${Math.round(ms)} ms`,
    });
    await trial.faults.restart('broker');
    const there = new Set((await queue.tasks()).map((task) => task.id));
    const lost = kept.filter((id) => !there.has(id));
    trial.expect(lost.length === 0, {
      expected: `all ${kept.length} tasks that were answered with 201 are there after the stop`,
      seen: `${lost.length} are gone, among them ${lost[0]}`,
    });
    trial.fact(
      `gone ${Math.round(ms)} ms after SIGTERM with ${WAITING} workers waiting, all ${kept.length} tasks kept`,
    );
  },
};
