import type { Trace } from '../../shared/trace.ts';
import { type Entry, stampOf } from './entry.ts';
import type { Journal, Remembered } from './journal.ts';
import { type Conflict, conflictBetween, resolve } from './merge.ts';
import type { Mode } from './settings.ts';

/** `GET /_conflicts` shows this many at most: the latest. */
const MAX_CONFLICTS = 1000;

/** The entries that this node holds: in memory and in the journal. */
export class Replica {
  readonly #journal: Journal;
  readonly #mode: Mode;
  readonly #trace: Trace;
  readonly #entries: Map<string, Entry>;
  readonly #conflicts: Conflict[];
  #changes = 0;

  constructor(journal: Journal, { entries, conflicts }: Remembered, mode: Mode, trace: Trace) {
    this.#journal = journal;
    this.#mode = mode;
    this.#trace = trace;
    this.#entries = entries;
    this.#conflicts = conflicts;
  }

  /** Grows whenever an entry has changed. */
  get changes(): number {
    return this.#changes;
  }

  /** Oldest first. */
  get conflicts(): readonly Conflict[] {
    return this.#conflicts;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  /** Takes an entry in. It is kept unless this node has a better one. Safe on disk only after `sync`. */
  store(entry: Entry): void {
    const mine = this.#entries.get(entry.key);
    const kept = mine === undefined ? entry : resolve(mine, entry, this.#mode);
    if (mine !== undefined && this.#mode === 'ap') this.#noteLoss(mine, entry, kept);
    if (mine !== undefined && stampOf(kept) === stampOf(mine)) return;
    this.#entries.set(entry.key, kept);
    this.#journal.append({ entry: kept });
    this.#changes += 1;
  }

  /** Lets go of an entry that belongs to other nodes. */
  drop(key: string): void {
    this.#entries.delete(key);
    this.#journal.append({ dropped: key });
    this.#changes += 1;
  }

  /** Resolves when everything taken in so far is on disk. */
  sync(): Promise<void> {
    return this.#journal.sync();
  }

  /** Whichever of the two was not kept is lost, if the other was written without knowing of it. */
  #noteLoss(mine: Entry, theirs: Entry, kept: Entry): void {
    const conflict = conflictBetween(kept, mine) ?? conflictBetween(kept, theirs);
    if (conflict === undefined || this.#isNoted(conflict)) return;
    this.#conflicts.push(conflict);
    if (this.#conflicts.length > MAX_CONFLICTS) this.#conflicts.shift();
    this.#journal.append({ conflict });
    const { key, lost } = conflict;
    this.#trace.event('state', { key, kept: `by ${kept.writer}`, lost: `by ${lost.writer}` });
  }

  /** The same loss may be met again: several owners bring the same entry. */
  #isNoted({ key, lost }: Conflict): boolean {
    return this.#conflicts.some(
      (known) =>
        known.key === key &&
        known.lost.writer === lost.writer &&
        known.lost.seen[lost.writer] === lost.seen[lost.writer],
    );
  }
}
