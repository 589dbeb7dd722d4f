import { HttpError } from '../shared/http-error.ts';
import type { Journal } from './journal.ts';
import { type Entry, nextDue, nowMs } from './lease.ts';
import type { Task, TaskStatus } from './task.ts';

/** The broker's tasks: in memory, in the journal, and watched by those who wait for a change. */
export class TaskTable {
  readonly #journal: Journal;
  /** By task id, in order of arrival. */
  readonly #entries: Map<string, Entry>;
  readonly #onDue: () => void;
  readonly #waiting = new Set<() => void>();
  #alarm: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param onDue called when a lease has run out */
  constructor(journal: Journal, entries: Map<string, Entry>, onDue: () => void) {
    this.#journal = journal;
    this.#entries = entries;
    this.#onDue = onDue;
    this.#setAlarm();
  }

  get closed(): boolean {
    return this.#closed;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** The entry of a task that must exist. Throws HttpError 404 `not_found`. */
  find(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new HttpError(404, 'not_found', `There is no task ${id}.`);
    return entry;
  }

  /** All entries, in order of arrival. */
  all(): Iterable<Entry> {
    return this.#entries.values();
  }

  add(entry: Entry): void {
    this.#entries.set(entry.task.id, entry);
    this.changed(entry);
  }

  /** To be called after every change of an entry: notes it in the journal and tells those who wait. */
  changed(entry: Entry): void {
    this.#journal.append(entry);
    this.#reschedule();
  }

  /** Resolves when every change so far is on disk. */
  sync(): Promise<void> {
    return this.#journal.sync();
  }

  /** Resolves when something has changed that a waiting worker should look at, or after `withinMs`. */
  nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, withinMs);
      this.#waiting.add(wake);
    });
  }

  list(status: TaskStatus | undefined, limit: number): Task[] {
    const tasks = [...this.#entries.values()].map((entry) => ({ ...entry.task }));
    return tasks.filter((task) => status === undefined || task.status === status).slice(0, limit);
  }

  stats(): Record<TaskStatus, number> {
    const counts = { pending: 0, processing: 0, completed: 0, failed: 0 };
    for (const { task } of this.#entries.values()) counts[task.status] += 1;
    return counts;
  }

  /** Lets everyone go who waits, and rings no more. */
  letGo(): void {
    this.#closed = true;
    clearTimeout(this.#alarm);
    this.#wakeAll();
  }

  /** To be called when nobody changes anything any more. */
  async close(): Promise<void> {
    await this.#journal.close();
  }

  #reschedule(): void {
    this.#setAlarm();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Sets one timer for the next moment at which time alone changes something. */
  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const due = nextDue(this.#entries.values(), nowMs());
    if (due === undefined || this.#closed) return;
    const delayMs = Math.min(Math.max(due - nowMs(), 1), 2 ** 31 - 1);
    this.#alarm = setTimeout(() => this.#ring(), delayMs);
  }

  #ring(): void {
    try {
      this.#onDue();
      this.#reschedule();
    } catch (error) {
      // Nobody is there to be answered. The next change sets the alarm again.
      console.error(error);
    }
  }
}
