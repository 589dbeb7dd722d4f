import type { Check, Trial } from '../../../src/verify/check.ts';
import { allAskAnew, completion, type Delivery, deliveries, inHand } from '../deliveries.ts';
import { Queue } from '../queue.ts';
import { everyone, working } from '../settings.ts';

const ATTEMPTS = 3;

export const check: Check = {
  id: 'worker-dies',
  promise: 'A worker dies in the middle of a task: another one completes it, and the rest goes on meanwhile',
  hints: [
    'The worker is gone and says nothing more. What does the broker still believe, and for how long?',
    'Look at expireLeases: is it the only thing that takes a task from a dead worker? dsc logs broker, then GET /task/:id.',
  ],
  chapter: 'fundamentals/03-queue-system.md#when-the-timer-rings',
  services: everyone,
  stands:
    'it shows on real processes what the design asks for: the system goes on when one worker fails. The mistakes of a broker behind it are caught sooner, by silent-worker.',
  settings: working,
  async run(trial: Trial) {
    const queue = new Queue(trial, working);
    await allAskAnew(trial, queue);
    // A busy machine may need longer to kill a worker than the worker needs for its task.
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { id } = await queue.add({ op: 'sleep', ms: 250 * 3 ** (attempt - 1) });
      const first = await inHand(trial, id);
      await trial.faults.kill(first.worker);
      const again = await deliveries(trial);
      const wasDone = again.some((delivery) => delivery.leaseId === first.leaseId && finished(delivery));
      if (!wasDone) return completedByAnother(trial, queue, first);
      await trial.faults.restart(first.worker);
    }
    trial.inconclusive(
      'no worker could be killed before it was done with its task',
      'Run it again when less is running.',
    );
  },
};

async function completedByAnother(trial: Trial, queue: Queue, first: Delivery): Promise<void> {
  const { id, worker } = first;
  const { id: quick } = await queue.add('goes on');
  await done(trial, queue, quick, `${quick}, posted after ${worker} died, is completed by those that live`);
  await done(
    trial,
    queue,
    id,
    `${id}, which ${worker} had in hand when it died, is completed by another worker`,
  );
  const { retries } = await queue.task(id);
  trial.expect(retries >= 1, {
    expected: `the delivery to ${worker}, which died, counts in the retries of ${id}`,
    seen: `retries ${retries}`,
  });
  const last = completion(await deliveries(trial), id);
  trial.fact(
    `${worker} died with ${first.leaseId} in hand, ${last?.worker} completed it under ${last?.leaseId}`,
  );
}

async function done(trial: Trial, queue: Queue, id: string, what: string): Promise<void> {
  let seen = '';
  await trial.eventually(
    what,
    async () => {
      const { status, retries } = await queue.task(id);
      seen = `it is ${status}, retries ${retries}`;
      return status === 'completed';
    },
    { seen: () => seen },
  );
}

function finished({ reports }: Delivery): boolean {
  return reports.some(({ action }) => action !== 'extend');
}
