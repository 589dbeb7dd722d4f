import type { Check, Trial } from '../../../src/verify/check.ts';
import { type Grant, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

export const check: Check = {
  id: 'only-the-holder',
  promise: 'Only the worker that holds the lease completes a task; to say it twice does no harm',
  hints: [
    'Who may say that a task is done? And what if the answer to that got lost?',
    'Look at complete: requireLease compares the lease; completedBy remembers which one completed the task.',
  ],
  chapter: 'fundamentals/03-queue-system.md#fencing-tokens',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    const [mine, other] = [await queue.add({ n: 1 }), await queue.add({ n: 2 })];
    const waiting = await queue.add({ n: 3 });
    const grants = [await queue.leaseSurely('w1', 'two wait'), await queue.leaseSurely('w2', 'one waits')];
    const grant = grants.find(({ task }) => task.id === mine.id)!;
    const foreign = grants.find(({ task }) => task.id === other.id)!;
    await refusesOthers(trial, queue, grant, foreign);
    await refusesUnleased(queue, { ...grant, task: waiting, leaseId: `${waiting.id}:1`, number: 1 });
    await completesOnce(trial, queue, grant);
    const unknown = { ...grant, task: { ...grant.task, id: trial.unique('unknown') } };
    trial.expectStatus(await queue.complete(unknown), 404, 'completing a task that does not exist');
    trial.expectStatus(await queue.complete(foreign), 200, `completing ${other.id} without a result`);
    await queue.finish([waiting.id]);
  },
};

async function refusesOthers(trial: Trial, queue: Queue, grant: Grant, foreign: Grant): Promise<void> {
  const { id } = grant.task;
  for (const leaseId of [foreign.leaseId, `${id}:${grant.number + 1}`, 'nonsense']) {
    for (const [action, fields] of [
      ['complete', { result: 'stolen' }],
      ['fail', { error: 'sabotage' }],
      ['extend', {}],
    ] as const) {
      const what = `POST /task/${id}/${action} with the lease ${leaseId} (it is held under ${grant.leaseId})`;
      await queue.unchanged(id, what, async () => {
        queue.expectLost(
          await queue.broker.call('POST', `/task/${id}/${action}`, { leaseId, ...fields }),
          what,
        );
      });
    }
  }
  const answer = await queue.broker.call('POST', `/task/${id}/complete`, { result: 'no lease' });
  trial.expectStatus(answer, 400, 'complete without "leaseId"');
}

async function refusesUnleased(queue: Queue, never: Grant): Promise<void> {
  const what = `completing ${never.task.id}, which nobody holds`;
  await queue.unchanged(never.task.id, what, async () =>
    queue.expectLost(await queue.complete(never, 'x'), what),
  );
}

async function completesOnce(trial: Trial, queue: Queue, grant: Grant): Promise<void> {
  const { id, payload } = grant.task;
  const result = { plates: [1, 2] };
  trial.expectStatus(await queue.complete(grant, result), 200, `completing ${id} under its lease`);
  const done = await queue.task(id);
  trial.expectEqual(
    [done.status, done.result, done.retries],
    ['completed', result, 0],
    `status, result and retries of ${id}`,
  );
  await queue.unchanged(id, 'completing it again, and posting it again', async () => {
    trial.expectStatus(
      await queue.complete(grant, result),
      200,
      `completing ${id} again under the same lease`,
    );
    const again = await queue.broker.call('POST', '/task', { id, data: payload });
    trial.expectStatus(again, 200, `POST /task of ${id}, which is completed`);
  });
}
