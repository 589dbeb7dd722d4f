import { Storage } from '../../shared/storage.ts';
import type { ReplicationLogEntry } from './entry.ts';

const FILE = 'replication.log';

/** One line of the journal: something that is so from now on. */
export type JournalRecord =
  | { entry: ReplicationLogEntry }
  /** All entries from this index on are gone. */
  | { cutFrom: number }
  | { term: number; votedFor: string | null }
  | { commitIndex: number };

/** What all lines together say. */
export interface Remembered {
  entries: ReplicationLogEntry[];
  term: number;
  votedFor: string | null;
  /** May be less than it was: it is never waited for. */
  commitIndex: number;
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

/** Rebuilds a node's memory from the lines of its journal. */
export function replay(records: readonly JournalRecord[]): Remembered {
  const remembered: Remembered = { entries: [], term: 0, votedFor: null, commitIndex: 0 };
  for (const record of records) {
    if ('entry' in record) remembered.entries.push(record.entry);
    else if ('cutFrom' in record) remembered.entries.length = record.cutFrom - 1;
    else if ('commitIndex' in record) remembered.commitIndex = record.commitIndex;
    else Object.assign(remembered, record);
  }
  return remembered;
}
