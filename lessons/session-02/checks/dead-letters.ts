import type { Check, Trial } from '../../../src/verify/check.ts';
import { Queue } from '../queue.ts';
import { calm, poisoned } from '../settings.ts';

const MAX_RETRIES = Number(poisoned.MAX_RETRIES);

export const check: Check = {
  id: 'dead-letters',
  promise:
    'A task that never succeeds is put aside after its last retry, whether its worker says so or dies of it',
  hints: [
    'One task kills every worker that touches it. What keeps it from going round for ever?',
    'Look at fail and expireLeases: both count in retries, and both bury the task once it has failed more than maxRetries times.',
  ],
  chapter: 'fundamentals/03-queue-system.md#dead-letters',
  services: ['broker'],
  settings: poisoned,
  async run(trial: Trial) {
    const queue = new Queue(trial, poisoned);
    // A lease that runs out puts the task back at once, so this one has the queue to itself.
    const killer = await queue.add({ op: 'kills its worker' });
    await deliverUntilFailed(trial, queue, killer.id, false);
    const fails = await queue.add({ op: 'fail', times: 99 });
    await deliverUntilFailed(trial, queue, fails.id, true);
    // The last word before the crash was that failure. From here on no lease needs to run out.
    await trial.faults.restart('broker', { settings: { ...calm } });
    queue.leasesAreVoid();
    const ids = [killer.id, fails.id];
    for (const id of ids) {
      const { status } = await queue.task(id);
      trial.expectEqual(
        status,
        'failed',
        `the status of ${id} after ${MAX_RETRIES + 1} failed deliveries and a restart`,
      );
    }
    const failed = (await queue.tasks('failed')).filter(({ id }) => ids.includes(id));
    trial.expectEqual(
      failed.length,
      ids.length,
      'the number of our two failed tasks in GET /tasks?status=failed',
    );
    for (const { id, retries } of failed) trial.expectEqual(retries, MAX_RETRIES + 1, `the retries of ${id}`);
    const none = await queue.lease('w9', 50);
    trial.expect(none === undefined, {
      expected: 'a failed task is not given out',
      seen: `w9 was given ${none?.leaseId}`,
    });
    await revive(trial, queue, ids);
    trial.fact(
      `put aside after ${MAX_RETRIES + 1} deliveries each (MAX_RETRIES is ${MAX_RETRIES}), revived by hand, completed`,
    );
  },
};

/** Takes the task again and again, and says that it failed or says nothing. */
async function deliverUntilFailed(trial: Trial, queue: Queue, id: string, says: boolean): Promise<void> {
  const rows: string[] = [];
  for (;;) {
    const grant = await queue.lease(`w${rows.length + 1}`, 100);
    if (grant) {
      rows.push(`delivery ${rows.length + 1}: lease ${grant.leaseId}, retries ${grant.task.retries}`);
      trial.expect(rows.length <= MAX_RETRIES + 1, {
        expected: `${id} is given out ${MAX_RETRIES + 1} times, then it is failed (MAX_RETRIES is ${MAX_RETRIES})`,
        seen: `it was given out once more, delivery ${rows.length}`,
        evidence: rows,
      });
      const said = says ? await queue.fail(grant, 'as always') : undefined;
      // The last word is not followed by a question: it must be on disk by itself.
      if (said?.status === 200 && rows.length > MAX_RETRIES) return;
    }
    const { status } = await queue.task(id);
    if (status === 'failed') break;
    if (!grant) await expectAlive(trial, queue, id);
  }
  trial.expect(rows.length === MAX_RETRIES + 1, {
    expected: `${id} is given out ${MAX_RETRIES + 1} times before it is failed (MAX_RETRIES is ${MAX_RETRIES})`,
    seen: `it was given out ${rows.length} times`,
    evidence: rows,
  });
}

/** The task is on its way back or given up: it does not stay with a silent worker for ever. */
async function expectAlive(trial: Trial, queue: Queue, id: string): Promise<void> {
  await trial.eventually(
    `${id} comes back from its silent worker or is given up`,
    async () => (await queue.task(id)).status !== 'processing',
    { withinMs: 3_000 },
  );
}

async function revive(trial: Trial, queue: Queue, ids: string[]): Promise<void> {
  for (const id of ids) {
    trial.expectStatus(
      await queue.broker.call('POST', `/task/${id}/retry`, {}),
      200,
      `POST /task/${id}/retry`,
    );
    trial.expectEqual((await queue.task(id)).status, 'pending', `the status of ${id}, revived,`);
  }
  await queue.finish(ids);
}
