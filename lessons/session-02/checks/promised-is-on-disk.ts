import type { Check, Trial } from '../../../src/verify/check.ts';
import { startLoad } from '../load.ts';
import { Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const CLIENTS = 12;
const ENOUGH = 40;
const LARGE = 400_000;

export const check: Check = {
  id: 'promised-is-on-disk',
  promise: 'A task that was answered with 201 survives the death of the broker at any moment',
  hints: [
    'The broker is killed the moment after an answer has left. Where is that task then?',
    'Look at the end of enqueue: sync resolves when the record is on disk. Is it awaited before the answer, for copies of a task too?',
  ],
  chapter: 'fundamentals/03-queue-system.md#write-before-you-promise',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    // Large records take the disk a moment: an answer that does not wait for it is ahead by that moment.
    const filler = 'x'.repeat(LARGE);
    const heavy = startLoad(trial, queue.broker, 3, (id) => ({ id, filler }));
    const load = startLoad(trial, queue.broker, CLIENTS, (id) => ({ id }));
    await load.reach(ENOUGH);
    await trial.faults.kill('broker');
    await Promise.all([load.stop(), heavy.stop()]);
    trial.note(`${load.accepted.size} tasks had been answered with 201 when the broker was killed`);
    await trial.faults.restart('broker');
    const kept = new Map((await queue.tasks()).map((task) => [task.id, task]));
    const lost = [...load.accepted.keys()].filter((id) => !kept.has(id));
    trial.expect(lost.length === 0, () => ({
      expected: `after the restart the broker has all ${load.accepted.size} tasks that it answered with 201`,
      seen: `${lost.length} of them are gone`,
      evidence: lost.slice(0, 5).map((id) => `answered with 201, then lost: ${id}`),
    }));
    for (const [id, data] of load.accepted) {
      trial.expect(sameData(kept.get(id)?.payload, data), {
        expected: `the payload of ${id} is the one that was posted`,
        seen: 'after the restart it is another',
      });
    }
    trial.fact(
      `killed under load: ${load.accepted.size} tasks promised, ${load.accepted.size} there after the restart`,
    );
  },
};

function sameData(payload: unknown, data: unknown): boolean {
  return JSON.stringify(payload) === JSON.stringify(data);
}
