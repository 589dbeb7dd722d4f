import type { Check, Trial } from '../../../src/verify/check.ts';
import { type Grant, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

export const check: Check = {
  id: 'crash-recovery',
  promise:
    'After a crash of the broker done is done, and running work is given out again without counting as failed',
  hints: [
    'The broker was dead. Which of its leases may it still believe in, and which numbers may it use again?',
    'What has to be on disk before complete answers, and before lease answers? Look at where changed and sync are called.',
  ],
  chapter: 'fundamentals/03-queue-system.md#after-a-crash',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    const done = await queue.add('done');
    const doing = await queue.leaseSurely('w1', `${done.id} waits`);
    const failed = await queue.add('failed once');
    await queue.fail(await queue.leaseSurely('w1', `${failed.id} waits`), 'first try');
    const running = await queue.add('running');
    const before = await queue.leaseSurely('w1', `${running.id} waits`);
    trial.expectStatus(await queue.complete(doing, 'well done'), 200, `completing ${done.id}`);
    // Nothing is asked of the broker between that answer and its death.
    await crash(trial, queue);
    const kept = await queue.task(done.id);
    trial.expectEqual(
      [kept.status, kept.result],
      ['completed', 'well done'],
      `${done.id}, completed before the crash,`,
    );
    trial.expectEqual(
      (await queue.task(failed.id)).retries,
      1,
      `the retries of ${failed.id}, which had failed once,`,
    );
    await voidLease(trial, queue, before);
    const second = await leaseAgain(queue, before);
    await crash(trial, queue);
    const third = await leaseAgain(queue, second);
    await refused(queue, second);
    trial.expectEqual(
      (await queue.task(running.id)).retries,
      0,
      `the retries of ${running.id} after two crashes of the broker`,
    );
    trial.expectStatus(await queue.complete(third), 200, `completing ${running.id} under its newest lease`);
    trial.fact(
      `${running.id} was given out under the numbers ${[before, second, third].map(({ number }) => number).join(', ')}; retries 0`,
    );
  },
};

async function crash(trial: Trial, queue: Queue): Promise<void> {
  await trial.faults.restart('broker');
  queue.leasesAreVoid();
}

async function voidLease(trial: Trial, queue: Queue, old: Grant): Promise<void> {
  const { id } = old.task;
  const { status, retries } = await queue.task(id);
  trial.expectEqual(
    { status, retries },
    { status: 'pending', retries: 0 },
    `${id}, whose lease ran when the broker died,`,
  );
  await refused(queue, old);
}

async function refused(queue: Queue, old: Grant): Promise<void> {
  const what = `completing ${old.task.id} under ${old.leaseId}, a lease from before the crash`;
  await queue.unchanged(old.task.id, what, async () =>
    queue.expectLost(await queue.complete(old, 'late'), what),
  );
}

/** Queue checks that the lease has a higher number than the one before. */
async function leaseAgain(queue: Queue, old: Grant): Promise<Grant> {
  for (;;) {
    const grant = await queue.leaseSurely('w2', `${old.task.id} is given out again after the restart`);
    if (grant.task.id === old.task.id) return grant;
    await queue.complete(grant);
  }
}
