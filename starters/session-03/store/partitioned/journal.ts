import { Storage } from '../../shared/storage.ts';
import type { Entry } from './entry.ts';
import type { Conflict } from './merge.ts';
import type { RingState } from './ring.ts';

const FILE = 'store.log';

/** One line of the journal: something that is so from now on. */
export type JournalRecord =
  | { entry: Entry }
  | { dropped: string }
  | { conflict: Conflict }
  | { ring: RingState };

/** What all lines together say. */
export interface Remembered {
  entries: Map<string, Entry>;
  conflicts: Conflict[];
  /** undefined if the ring was never changed. */
  ring: RingState | undefined;
}

/** A node's memory on disk. */
export class Journal {
  readonly #storage: Storage;

  private constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Opens the journal and replays it. */
  static async open(dataDir: string): Promise<{ journal: Journal; remembered: Remembered }> {
    const { storage, records } = await Storage.open(dataDir, FILE);
    return { journal: new Journal(storage), remembered: replay(records as JournalRecord[]) };
  }

  /** Notes a change. It is safe only after `sync`. */
  append(record: JournalRecord): void {
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

/** Rebuilds a node's memory from the lines of its journal. The last line about a key counts. */
export function replay(records: readonly JournalRecord[]): Remembered {
  const remembered: Remembered = { entries: new Map(), conflicts: [], ring: undefined };
  for (const record of records) {
    if ('entry' in record) remembered.entries.set(record.entry.key, record.entry);
    else if ('dropped' in record) remembered.entries.delete(record.dropped);
    else if ('conflict' in record) remembered.conflicts.push(record.conflict);
    else remembered.ring = record.ring;
  }
  return remembered;
}
