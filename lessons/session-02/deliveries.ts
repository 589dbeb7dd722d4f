import type { Trial } from '../../src/verify/check.ts';
import type { Queue } from './queue.ts';

/** One task in the hands of one worker, as it passed the wire. Times are epoch ms of the wire's clock. */
export interface Delivery {
  worker: string;
  id: string;
  leaseId: string;
  number: number;
  givenAt: number;
  /** What the worker then said about it, in order. */
  reports: Report[];
}

export interface Report {
  action: string;
  sentAt: number;
  /** Null while there is no answer. */
  status: number | null;
}

const REPORT_PATH = /^\/task\/([^/]+)\/(complete|fail|extend)$/;

/** What passed between workers and broker since the check began, put in order by lease. */
export async function deliveries(trial: Trial): Promise<Delivery[]> {
  const found = new Map<string, Delivery>();
  const messages = await trial.wire.messages({ to: 'broker' });
  for (const { from, path, status, answer, answeredAt } of messages) {
    if (path !== '/lease' || status !== 200 || answeredAt === null) continue;
    const { leaseId, task } = parse(answer ?? '');
    if (typeof leaseId !== 'string' || typeof task?.id !== 'string') continue;
    const number = Number(leaseId.slice(task.id.length + 1));
    found.set(leaseId, { worker: from, id: task.id, leaseId, number, givenAt: answeredAt, reports: [] });
  }
  for (const { from, path, body, sentAt, status } of messages) {
    const [, id, action] = REPORT_PATH.exec(path) ?? [];
    const { leaseId } = parse(body);
    if (!id || !action || typeof leaseId !== 'string') continue;
    // A worker that asked before the check began was given its task unseen.
    const number = Number(leaseId.slice(id.length + 1));
    const delivery = found.get(leaseId) ?? {
      worker: from,
      id,
      leaseId,
      number,
      givenAt: sentAt,
      reports: [],
    };
    delivery.reports.push({ action, sentAt, status });
    found.set(leaseId, delivery);
  }
  return [...found.values()];
}

/** Waits until a worker has the task in hand. */
export function inHand(trial: Trial, id: string): Promise<Delivery> {
  return trial.eventually(`a worker takes task ${id} through the wire`, async () => {
    const found = (await deliveries(trial)).filter((delivery) => delivery.id === id);
    const newest = found.sort((a, b) => a.number - b.number).at(-1);
    return newest && !isSettled(newest) && newest;
  });
}

/** Whether the worker has said, or is saying, how it ended. */
export function isSettled(delivery: Delivery): boolean {
  return delivery.reports.some(({ action }) => action !== 'extend');
}

/** The delivery whose `complete` was accepted. */
export function completion(all: readonly Delivery[], id: string): Delivery | undefined {
  return all.find(
    (delivery) =>
      delivery.id === id &&
      delivery.reports.some(({ action, status }) => action === 'complete' && status === 200),
  );
}

/**
 * Keeps the workers busy until each has asked for a task within this check, so that every delivery is seen: a
 * question from before passes unseen.
 */
export async function allAskAnew(trial: Trial, queue: Queue): Promise<void> {
  const workers = trial.services.filter((name) => name.startsWith('worker'));
  const silent = new Set(workers);
  const given: string[] = [];
  const until = performance.now() + trial.patience(5_000);
  await trial.eventually(
    `${workers.join(', ')} ask the broker for tasks with POST /lease`,
    async () => {
      for (const { from } of await trial.wire.messages({ to: 'broker', path: '/lease' })) silent.delete(from);
      if (silent.size === 0) return true;
      if (performance.now() > until && (await someDone(queue, given))) goesRoundTheWire(trial, [...silent]);
      for (const _ of workers) given.push((await queue.add({ op: 'sleep', ms: 20 })).id);
      return false;
    },
    { seen: () => `${[...silent].join(', ')} did not` },
  );
}

async function someDone(queue: Queue, ids: string[]): Promise<boolean> {
  const tasks = await Promise.all(ids.slice(0, 5).map((id) => queue.task(id)));
  return tasks.some(({ status }) => status === 'completed');
}

/** Faults cannot be tried on a node that goes round the wire. */
export function goesRoundTheWire(trial: Trial, workers: readonly string[]): never {
  return trial.inconclusive(
    `tasks were completed, but no question of ${workers.join(', ')} passed the wire`,
    'A worker must reach the broker by the URL that PEERS gives, and by no other. See dsc logs.',
  );
}

function parse(text: string): any {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
