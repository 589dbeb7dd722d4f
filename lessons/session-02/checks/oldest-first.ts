import type { Check, Trial } from '../../../src/verify/check.ts';
import { type Grant, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

export const check: Check = {
  id: 'oldest-first',
  promise: 'A worker that asks is given the oldest task that is ready, and nobody else is',
  hints: [
    'Three tasks wait. Which one does the next worker get, and what does the broker remember about it?',
    'Look at lease: oldestReady finds the task, grantLease takes it. What is answered when none is ready?',
  ],
  chapter: 'fundamentals/03-queue-system.md#leases',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    await queue.lease('sweeper');
    const tasks = [];
    for (const dish of ['soup', 'pasta', 'cake']) tasks.push(await queue.add({ dish }));
    const grants: Grant[] = [];
    for (const worker of ['w1', 'w2']) grants.push(await leaseNow(queue, worker));
    await statsAgree(trial, queue);
    grants.push(await leaseNow(queue, 'w3'));
    trial.expectEqual(
      grants.map(({ task }) => task.id),
      tasks.map(({ id }) => id),
      'the order in which tasks are given out, posted one after the other',
    );
    for (const { task, leaseId, worker } of grants) {
      trial.expectEqual(
        task.payload,
        tasks.find(({ id }) => id === task.id)?.payload,
        `the payload given out as ${leaseId}`,
      );
      const kept = await queue.task(task.id);
      trial.expectEqual(kept.status, 'processing', `the status of ${task.id} while ${worker} works on it`);
    }
    const none = await queue.lease('w4');
    trial.expect(none === undefined, () => ({
      expected: 'POST /lease is answered with 204 when every task is in the hands of a worker',
      seen: `w4 was given ${none?.task.id}`,
    }));
    trial.fact(`given out as ${grants.map(({ leaseId }) => leaseId).join(', ')}`);
    await Promise.all(grants.map((grant) => queue.complete(grant)));

    function leaseNow(queue: Queue, worker: string): Promise<Grant> {
      return queue.leaseSurely(worker, 'three were posted');
    }
  },
};

/** Nobody else acts in this check, so that the three views must agree. */
async function statsAgree(trial: Trial, queue: Queue): Promise<void> {
  const stats = await queue.stats();
  const all = await queue.tasks();
  for (const status of ['pending', 'processing', 'completed', 'failed'] as const) {
    const counted = all.filter((task) => task.status === status).length;
    trial.expectEqual(
      stats[status],
      counted,
      `the number of ${status} tasks in GET /stats, counted in GET /tasks,`,
    );
    const listed = await queue.tasks(status);
    trial.expect(listed.length === counted && listed.every((task) => task.status === status), {
      expected: `GET /tasks?status=${status} lists the ${counted} tasks that are ${status}`,
      seen: `it lists ${listed.length}: ${[...new Set(listed.map((task) => task.status))].join(', ')}`,
    });
  }
  const one = await queue.broker.call('GET', '/tasks?limit=1');
  trial.expect(one.status === 200 && one.body?.length === 1, {
    expected: 'GET /tasks?limit=1 lists one task',
    seen: `${one.status}, ${one.body?.length} tasks`,
  });
}
