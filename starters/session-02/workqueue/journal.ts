import { Storage } from '../shared/storage.ts';
import { type Entry, makePending, nowMs } from './lease.ts';
import type { Task } from './task.ts';

const FILE = 'broker.log';

/** One line of the journal: a task as it was after a change. The last line of a task counts. */
interface JournalRecord {
  task: Task;
  leases: number;
  completedBy?: string;
}

/** The broker's memory on disk. */
export class Journal {
  readonly #storage: Storage;

  private constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Opens the journal and rebuilds the tasks from it, in order of arrival. */
  static async open(dataDir: string): Promise<{ journal: Journal; entries: Map<string, Entry> }> {
    const { storage, records } = await Storage.open(dataDir, FILE);
    return { journal: new Journal(storage), entries: replay(records as JournalRecord[], nowMs()) };
  }

  /** Notes the entry as it is now. It is safe only after `sync`. */
  append(entry: Entry): void {
    const { task, leases, completedBy } = entry;
    const record: JournalRecord = { task, leases };
    if (completedBy !== undefined) record.completedBy = completedBy;
    this.#storage.append(record);
  }

  /** Resolves when everything noted so far is on disk. */
  sync(): Promise<void> {
    return this.#storage.sync();
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}

/**
 * Rebuilds the tasks from the journal's records. Leases that were running are void: nobody was counting their time.
 * Such a task is available again at once, and this is not a failed delivery.
 *
 * @param now epoch ms
 */
export function replay(records: JournalRecord[], now: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const record of records) entries.set(record.task.id, { ...record });
  for (const entry of entries.values()) {
    if (entry.task.status === 'processing') makePending(entry, now);
  }
  return entries;
}
