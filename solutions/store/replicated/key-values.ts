import type { ReplicationLogEntry } from './entry.ts';
import type { Journal } from './journal.ts';
import type { ReplicationLog } from './replication-log.ts';
import { Watermark } from './watermark.ts';

/** What a key holds. */
export interface Held {
  /** null if it was deleted, or never written. */
  value: unknown;
  /** Whether there is anything to read. */
  exists: boolean;
  /** Index of the log entry that wrote it; 0 if it was never written. */
  version: number;
}

/** The keys and values that come of applying the log's committed entries, in order. */
export class KeyValues {
  readonly #log: ReplicationLog;
  readonly #journal: Journal;
  readonly #held = new Map<string, Held>();
  /** How far the log has been applied. */
  readonly applied = new Watermark();

  constructor(log: ReplicationLog, journal: Journal) {
    this.#log = log;
    this.#journal = journal;
  }

  get(key: string): Held {
    return this.#held.get(key) ?? { value: null, exists: false, version: 0 };
  }

  /** How far the log is known to be committed. Whatever is committed is applied at once. */
  get commitIndex(): number {
    return this.applied.value;
  }

  // ANCHOR: apply
  /** Applies every entry up to this index that was not applied before. They are committed: they will never change. */
  commit(index: number): void {
    if (index <= this.commitIndex) return;
    for (const entry of this.#log.entriesFrom(this.commitIndex + 1)) {
      if (entry.index > index) break;
      this.#apply(entry);
    }
    this.#journal.append({ commitIndex: index });
    this.applied.raiseTo(index);
  }

  #apply({ key, value, deleted, index }: ReplicationLogEntry): void {
    if (key !== null) this.#held.set(key, { value, exists: !deleted, version: index });
  }
  // ANCHOR_END: apply
}
