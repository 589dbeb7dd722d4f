import type { Change, ReplicationLogEntry } from './entry.ts';
import type { Journal } from './journal.ts';

/** How many entries go into one message at most. */
const MAX_ENTRIES = 256;
/** How many bytes of values go into one message, unless a single entry has more. */
const MAX_BYTES = 1024 * 1024;

/** This node's copy of the replication log: in memory and in the journal. Index 0 is "before the log". */
export class ReplicationLog {
  readonly #journal: Journal;
  /** The entry with index i is at i - 1. */
  readonly #entries: ReplicationLogEntry[];

  constructor(journal: Journal, entries: ReplicationLogEntry[]) {
    this.#journal = journal;
    this.#entries = entries;
  }

  get lastIndex(): number {
    return this.#entries.length;
  }

  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? 0;
  }

  /** The term of the entry at an index: 0 before the log, undefined behind it. */
  termAt(index: number): number | undefined {
    return index === 0 ? 0 : this.#entries[index - 1]?.term;
  }

  /** All entries from an index on. */
  entriesFrom(index: number): ReplicationLogEntry[] {
    return this.#entries.slice(Math.max(0, index - 1));
  }

  /** As many entries from an index on as go into one message. */
  batchFrom(index: number): ReplicationLogEntry[] {
    const batch: ReplicationLogEntry[] = [];
    let bytes = 0;
    for (const entry of this.#entries.slice(Math.max(0, index - 1), index - 1 + MAX_ENTRIES)) {
      bytes += JSON.stringify(entry).length;
      if (batch.length > 0 && bytes > MAX_BYTES) break;
      batch.push(entry);
    }
    return batch;
  }

  /** Writes a new entry at the end, as only a leader may. On disk only after `sync`. */
  append(term: number, key: string | null, change: Change): ReplicationLogEntry {
    const entry = { index: this.lastIndex + 1, term, key, ...change };
    this.#push(entry);
    return entry;
  }

  // ANCHOR: merge-log
  /**
   * Takes over entries of the leader's log that follow on something this log has too. What is already here stays: the
   * message may be an old one that comes late. Only from the first difference on are own entries cut off. On disk only
   * after `sync`.
   */
  merge(entries: readonly ReplicationLogEntry[]): void {
    const different = entries.findIndex(({ index, term }) => this.termAt(index) !== term);
    if (different === -1) return;
    const news = entries.slice(different);
    this.#cutFrom(news[0]!.index);
    for (const entry of news) this.#push(entry);
  }
  // ANCHOR_END: merge-log

  /** Resolves when everything written so far is on disk. */
  sync(): Promise<void> {
    return this.#journal.sync();
  }

  #push(entry: ReplicationLogEntry): void {
    this.#entries.push(entry);
    this.#journal.append({ entry });
  }

  #cutFrom(index: number): void {
    if (index > this.lastIndex) return;
    this.#entries.length = index - 1;
    this.#journal.append({ cutFrom: index });
  }
}
