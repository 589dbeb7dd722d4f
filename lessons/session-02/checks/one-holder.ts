import type { Check, Trial } from '../../../src/verify/check.ts';
import { type Grant, inParallel, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const TASKS = 200;
const WORKERS = 16;

export const check: Check = {
  id: 'one-holder',
  promise: 'However many workers ask at once, no task is in the hands of two',
  hints: [
    'Two workers ask at the same moment. Until when can both find the same task ready?',
    'Look at lease: everything before the first await happens at once. Is the task taken before or after that?',
  ],
  chapter: 'fundamentals/03-queue-system.md#leases',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    const ids = Array.from({ length: TASKS }, () => trial.unique('shared'));
    await inParallel(ids, WORKERS, async (id) => void (await queue.add(null, id)));
    const grants: Grant[] = [];
    // Queue itself notices a task that two hold.
    await Promise.all(
      Array.from({ length: WORKERS }, async (_, index) => {
        for (;;) {
          const grant = await queue.lease(`w${index + 1}`);
          if (!grant) return;
          grants.push(grant);
        }
      }),
    );
    trial.expect(grants.length >= TASKS, {
      expected: `all ${TASKS} tasks are given out`,
      seen: `${grants.length} were, then POST /lease was answered with 204`,
    });
    trial.fact(`${WORKERS} workers at once took ${grants.length} tasks, each task one worker`);
    await inParallel(grants, WORKERS, async (grant) => void (await queue.complete(grant)));
  },
};
