import type { Check, Trial } from '../../../src/verify/check.ts';
import { startLoad } from '../load.ts';
import { Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const WITHIN_MS = 2_000;

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
    const load = startLoad(trial, queue.broker, 4, (id) => id);
    await load.reach(20);
    const last = trial.unique('last');
    const waiting = queue.broker.try('POST', '/lease', { worker: trial.unique('idle'), waitMs: 30_000 });
    const { answer } = await queue.broker.try('POST', '/task', { id: last, data: last });
    load.forgive();
    const { exitCode, ms } = await trial.terminate('broker');
    await Promise.all([load.stop(), waiting]);
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
    const kept = new Set((await queue.tasks()).map((task) => task.id));
    const promised = [...load.accepted.keys(), ...(answer?.status === 201 ? [last] : [])];
    const lost = promised.filter((id) => !kept.has(id));
    trial.expect(lost.length === 0, {
      expected: `all ${promised.length} tasks that were answered with 201 are there after the stop`,
      seen: `${lost.length} are gone, among them ${lost[0]}`,
    });
    trial.fact(`gone ${Math.round(ms)} ms after SIGTERM, all ${promised.length} tasks kept`);
  },
};
