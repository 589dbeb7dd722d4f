import type { Check, Trial } from '../../../src/verify/check.ts';
import { allAskAnew, completion, type Delivery, deliveries, inHand, isSettled } from '../deliveries.ts';
import { Queue } from '../queue.ts';
import { everyone, working } from '../settings.ts';

const ATTEMPTS = 3;

export const check: Check = {
  id: 'worker-oversleeps',
  promise: 'A worker stands still past its lease and wakes up: what it says then changes nothing',
  hints: [
    'The sleeper believes that it still holds the task. How can the broker tell its word from that of the new holder?',
    'Look at requireLease and at the number in the lease: is every report held against the lease that runs now?',
  ],
  chapter: 'fundamentals/03-queue-system.md#fencing-tokens',
  services: everyone,
  settings: working,
  async run(trial: Trial) {
    const queue = new Queue(trial, working);
    await allAskAnew(trial, queue);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { id } = await queue.add({ op: 'sleep', ms: 250 * 3 ** (attempt - 1) });
      const sleeper = await inHand(trial, id);
      await trial.faults.pause(sleeper.worker);
      if (!isSettled(await now(trial, sleeper))) return oversleeps(trial, queue, sleeper);
      await trial.faults.resume(sleeper.worker);
    }
    trial.inconclusive(
      'no worker could be paused before it was done with its task',
      'Run it again when less is running.',
    );
  },
};

async function oversleeps(trial: Trial, queue: Queue, sleeper: Delivery): Promise<void> {
  const { id, worker, leaseId } = sleeper;
  const last = await trial.eventually(
    `${id}, which ${worker} holds in its sleep, is completed by another worker`,
    async () => completion(await deliveries(trial), id),
  );
  // What it had sent before it stood still is not what we look for.
  const before = (await now(trial, sleeper)).reports.length;
  await queue.unchanged(id, `${worker} woke up and reported it under ${leaseId}`, async () => {
    await trial.faults.resume(worker);
    const words = await trial.eventually(
      `${worker} goes on after it woke up: it reports its task or asks for another`,
      async () => {
        const { reports } = await now(trial, sleeper);
        const late = reports
          .slice(before)
          .filter(({ action, status }) => action !== 'extend' && status !== null);
        return late.length > 0 ? late : (await asksAnew(trial, sleeper)) && [];
      },
    );
    for (const { action, status } of words) {
      trial.expect(status === 409, {
        expected: `the ${action} of ${worker} under ${leaseId} is refused with 409: ${last.worker} completed ${id} under ${last.leaseId}`,
        seen: `it was answered with ${status}`,
      });
    }
  });
  await trial.eventually(`${worker} asks for its next task after that refusal`, () =>
    asksAnew(trial, sleeper),
  );
  trial.fact(
    `${worker} slept through its lease ${leaseId}; ${last.worker} completed it under ${last.leaseId}; the late word was refused`,
  );
}

/** A worker that noticed by itself that its lease is over has nothing to report. */
async function asksAnew(trial: Trial, { worker, givenAt }: Delivery): Promise<boolean> {
  const asked = await trial.wire.messages({ from: worker, to: 'broker', path: '/lease' });
  return asked.some(({ sentAt }) => sentAt > givenAt);
}

async function now(trial: Trial, sleeper: Delivery): Promise<Delivery> {
  return (await deliveries(trial)).find(({ leaseId }) => leaseId === sleeper.leaseId) ?? sleeper;
}
