import type { Check, Trial } from '../../../src/verify/check.ts';
import { CLOCK_GRAIN_MS, type Grant, Queue } from '../queue.ts';
import { expiring } from '../settings.ts';

const LEASE_MS = Number(expiring.LEASE_MS);
const EXTENSIONS = 3;
const ATTEMPTS = 3;

export const check: Check = {
  id: 'extend',
  promise: 'A worker that extends its lease in time keeps its task, and loses it when it stops',
  hints: [
    'A task takes longer than its lease. How does the broker learn that the worker is alive?',
    'extend moves expiresAt of the lease: does your expireLeases look at the lease as it is now, or at when it was given?',
  ],
  chapter: 'fundamentals/03-queue-system.md#leases',
  services: ['broker'],
  settings: expiring,
  async run(trial: Trial) {
    const queue = new Queue(trial, expiring);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) if (await keepsIt(trial, queue)) return;
    trial.inconclusive(
      `this machine could not extend a lease of ${LEASE_MS} ms in time`,
      'Run it again when less is running.',
    );
  },
};

/** @returns false when the checker itself was too late to extend */
async function keepsIt(trial: Trial, queue: Queue): Promise<boolean> {
  const { id } = await queue.add('takes long');
  const mine = await queue.leaseSurely('w1', `${id} waits`);
  const budgetMs = EXTENSIONS * LEASE_MS + 3_000;
  // Queue notices when the other one is given the task too soon.
  const other = queue.leaseSurely('w2', `the lease of ${id} is not extended any more`, budgetMs);
  other.catch(() => {});
  const kept = await extendInTime(trial, queue, mine);
  const next = await other;
  const answer = await queue.complete(next);
  if (answer.status !== 200) await queue.finish([next.task.id]);
  if (kept === undefined) return false;
  trial.fact(
    `${EXTENSIONS} extensions kept a lease of ${LEASE_MS} ms for ${Math.round(next.gotAt - mine.askedAt)} ms`,
  );
  return true;
}

async function extendInTime(trial: Trial, queue: Queue, mine: Grant): Promise<true | undefined> {
  let since = mine.askedAt;
  for (let count = 1; count <= EXTENSIONS; count++) {
    await trial.elapse(LEASE_MS / 2.5);
    const sentAt = performance.now();
    const answer = await queue.extend(mine);
    const inTime = performance.now() < since + LEASE_MS - CLOCK_GRAIN_MS;
    if (answer.status !== 200 && !inTime) return undefined;
    trial.expectStatus(answer, 200, `extending ${mine.leaseId} (extension ${count}) before it runs out`);
    since = sentAt;
  }
  return true;
}
