import type { Check, Trial } from '../../../src/verify/check.ts';
import { deliveries } from '../deliveries.ts';
import { inParallel, Queue } from '../queue.ts';
import { everyone, working } from '../settings.ts';

type Trap = Parameters<Trial['wire']['trap']>[0];

const TASKS = 12;
const FROM_PRODUCER = Number(working.PRODUCER_TASKS);
const WORKERS = ['worker1', 'worker2', 'worker3'];

export const check: Check = {
  id: 'lost-messages',
  promise: 'Answers get lost, messages come twice: every task is still one task, and is done',
  hints: [
    'The broker did what it was asked, but its answer was lost. What does the sender do, and what does the broker then see?',
    'Look at enqueue for a known id, and at complete for a lease that has already completed the task: both answer 200 again.',
  ],
  chapter: 'fundamentals/03-queue-system.md#one-task-for-one-id',
  services: everyone,
  settings: working,
  async run(trial: Trial) {
    const queue = new Queue(trial, working);
    const traps = await Promise.all(
      [
        ...WORKERS.flatMap(trapsFor),
        trap('producer', '/task', 'duplicate'),
        trap('producer', '/task', 'lose-answer'),
      ].map((one) => trial.wire.trap(one)),
    );
    await trial.faults.restart('producer');
    const ids = Array.from({ length: TASKS }, () => trial.unique('task'));
    await inParallel(ids, 4, async (id) => void (await queue.add({ op: 'sleep', ms: 20 }, id)));
    await trial.eventually('messages of the workers and of the producer pass the wire', async () => {
      const caught = await Promise.all(traps.map((one) => one.caught()));
      return caught.flat().length >= 4 && caught.slice(-2).flat().length === 2;
    });
    // Those who wait for an answer that was lost notice that their connection is broken.
    await trial.faults.heal();
    const made = await producerTasks(trial);
    await done(trial, queue, [...ids, ...made]);
    // Counted when all is done: a task made twice would be there by now.
    const all = await producerTasks(trial);
    trial.expect(all.length === FROM_PRODUCER, {
      expected: `the producer makes ${FROM_PRODUCER} tasks, whatever happens to its messages`,
      seen: `the broker has ${all.length} of its tasks`,
      evidence: all,
    });
    const twice = await reportedTwice(trial);
    trial.fact(
      `${ids.length + made.length} tasks done once each, ${twice} of them reported as complete more than once`,
    );
  },
};

function trapsFor(worker: string): Trap[] {
  return [
    trap(worker, '/task/', 'duplicate'),
    trap(worker, '/task/', 'lose-answer'),
    trap(worker, '/lease', 'duplicate'),
  ];
}

function trap(from: string, path: string, action: Trap['action']): Trap {
  return { from, to: 'broker', path, action, times: 1 };
}

/** Every task that the producer made, also those whose answer it never heard. */
async function producerTasks(trial: Trial): Promise<string[]> {
  let made = new Set<string>();
  await trial.eventually(
    `all ${FROM_PRODUCER} tasks of the producer are accepted (PRODUCER_TASKS is ${FROM_PRODUCER})`,
    async () => {
      const sent = await trial.wire.messages({ from: 'producer', to: 'broker', path: '/task' });
      made = new Set(
        sent.flatMap(({ status, answer }) => (status === 200 || status === 201 ? taskId(answer) : [])),
      );
      return made.size >= FROM_PRODUCER;
    },
    { seen: () => `${made.size} were` },
  );
  return [...made];
}

function taskId(answer: string | null): string[] {
  try {
    return [JSON.parse(answer ?? '').id];
  } catch {
    return [];
  }
}

async function done(trial: Trial, queue: Queue, ids: string[]): Promise<void> {
  let open: string[] = [];
  const tasks = await trial.eventually(
    `all ${ids.length} tasks are completed, although messages were lost and doubled`,
    async () => {
      const mine = (await queue.tasks()).filter(({ id }) => ids.includes(id));
      open = mine
        .filter(({ status }) => status !== 'completed')
        .map(({ id, status }) => `${id} is ${status}`);
      return open.length === 0 && mine;
    },
    { seen: () => open.join(', ') },
  );
  trial.expectEqual(tasks.length, ids.length, 'the number of these tasks in GET /tasks');
}

async function reportedTwice(trial: Trial): Promise<number> {
  const all = await deliveries(trial);
  return all.filter(({ reports }) => reports.filter(({ action }) => action === 'complete').length > 1).length;
}
