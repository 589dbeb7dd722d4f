import type { Asker } from '../asker.ts';
import type { QueueView } from '../view.ts';
import type { Look, Probe } from './probe.ts';

type Task = QueueView['tasks'][number];

const STATUSES = ['pending', 'processing', 'failed'] as const;
const MOST_OF_A_STATUS = 8;
const MOST_COMPLETED = 12;

/** Up to so many completed tasks the broker is asked for them all; it tells the oldest ones first. */
const FEW_COMPLETED = 200;

/** Tasks that are asked for by name, because they have left the place where they were seen. */
const MOST_FOLLOWED = 8;

/** How many tasks there are, and some of them on their way: of many, those that were seen once are followed to their end. */
export class QueueProbe implements Probe {
  readonly askGivenCodeOnly = false;
  #before: Task[] = [];
  /** The last ones that were seen to be done. */
  #completed: Task[] = [];
  /** How many were completed at the last look. */
  #count = 0;

  async look({ nodes, asker }: Look): Promise<QueueView> {
    const broker = nodes.find(({ role, name, answers }) => answers && (role ?? name) === 'broker')?.name;
    const stats = broker && (await asker.ask<QueueView['stats']>(broker, '/stats'));
    if (!broker || !stats) return { kind: 'queue', answers: false, stats: NONE, tasks: [] };
    const lists = await Promise.all(
      STATUSES.map((status) =>
        asker.ask<Task[]>(broker, `/tasks?status=${status}&limit=${MOST_OF_A_STATUS}`, status),
      ),
    );
    const present = lists.flatMap((list) => (Array.isArray(list) ? list.map(condensed) : []));
    if (stats.completed > FEW_COMPLETED) await this.#follow(broker, present, asker);
    else if (stats.completed !== this.#count) await this.#listCompleted(broker, asker);
    this.#count = stats.completed;
    this.#before = present;
    const { pending = 0, processing = 0, completed = 0, failed = 0 } = stats;
    return {
      kind: 'queue',
      answers: true,
      stats: { pending, processing, completed, failed },
      tasks: [...present, ...this.#completed],
    };
  }

  async #listCompleted(broker: string, asker: Asker): Promise<void> {
    const list = await asker.ask<Task[]>(
      broker,
      `/tasks?status=completed&limit=${FEW_COMPLETED}`,
      'completed',
    );
    if (Array.isArray(list)) this.#completed = list.slice(-MOST_COMPLETED).map(condensed);
  }

  /** What was seen before and is in no list any more is done, most likely. */
  async #follow(broker: string, present: readonly Task[], asker: Asker): Promise<void> {
    const seen = new Set(present.map(({ id }) => id));
    const gone = this.#before.filter(({ id }) => !seen.has(id)).slice(0, MOST_FOLLOWED);
    const found = await Promise.all(
      gone.map(({ id }) => asker.ask<Task>(broker, `/task/${encodeURIComponent(id)}`, 'task')),
    );
    const done = found.flatMap((task) => (task?.status === 'completed' ? [condensed(task)] : []));
    const known = this.#completed.filter(({ id }) => !seen.has(id) && !done.some((task) => task.id === id));
    this.#completed = [...known, ...done].slice(-MOST_COMPLETED);
  }
}

const NONE = { pending: 0, processing: 0, completed: 0, failed: 0 };

function condensed({ id, status, retries, worker }: Task): Task {
  return { id: String(id), status, retries: Number(retries ?? 0), ...(worker && { worker }) };
}
