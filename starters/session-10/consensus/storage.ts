import { Storage } from '../shared/storage.ts';
import { lastIndex } from './log.ts';
import type { LogEntry } from './messages.ts';
import type { DurableState } from './state.ts';

const FILE = 'raft.log';

/** One line on disk: something that is so from now on. */
type Record =
  | { entry: LogEntry }
  /** All entries from this index on are gone. */
  | { cutFrom: number }
  | { currentTerm: number; votedFor: string | null };

/** Term, vote and log of a node on disk. */
export class RaftStorage {
  readonly #storage: Storage;
  /** What is on disk, or on its way there. */
  readonly #written: DurableState;

  private constructor(storage: Storage, written: DurableState) {
    this.#storage = storage;
    this.#written = written;
  }

  /** Opens what a node has saved, and reads it. */
  static async open(dataDir: string): Promise<{ storage: RaftStorage; durable: DurableState }> {
    const { storage, records } = await Storage.open(dataDir, FILE);
    const durable = replay(records as Record[]);
    return { storage: new RaftStorage(storage, { ...durable, log: [...durable.log] }), durable };
  }

  /** Notes what has changed since the last time. It is safe only after `sync`. */
  save({ currentTerm, votedFor, log }: DurableState): void {
    const written = this.#written;
    if (currentTerm !== written.currentTerm || votedFor !== written.votedFor) {
      this.#storage.append({ currentTerm, votedFor });
      Object.assign(written, { currentTerm, votedFor });
    }
    // Entries never change, they only go and come at the end.
    let same = Math.min(lastIndex(log), lastIndex(written.log));
    while (same > 0 && log[same - 1] !== written.log[same - 1]) same -= 1;
    if (same < lastIndex(written.log)) this.#storage.append({ cutFrom: same + 1 });
    const added = log.slice(same);
    for (const entry of added) this.#storage.append({ entry });
    written.log.splice(same, Number.POSITIVE_INFINITY, ...added);
  }

  /** Resolves when everything noted so far is on disk. */
  sync(): Promise<void> {
    return this.#storage.sync();
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}

/** What all lines together say. */
export function replay(records: readonly Record[]): DurableState {
  const durable: DurableState = { currentTerm: 0, votedFor: null, log: [] };
  for (const record of records) {
    if ('entry' in record) durable.log.push(record.entry);
    else if ('cutFrom' in record) durable.log.length = record.cutFrom - 1;
    else Object.assign(durable, record);
  }
  return durable;
}
