import type { AppendEntries, LogEntry, Taken } from './messages.ts';

/** The log of a correct follower that the checker plays. (Raft paper, figure 2) */
export class FollowerLog {
  readonly entries: LogEntry[] = [];
  /** Whether a refusal says where the leader may try next. */
  hints = false;

  take({ prevLogIndex, prevLogTerm, entries }: AppendEntries): Taken {
    if (this.termAt(prevLogIndex) !== prevLogTerm) return this.#refuse(prevLogIndex);
    for (const entry of entries) {
      if (this.termAt(entry.index) === entry.term) continue;
      this.entries.length = Math.min(this.entries.length, entry.index - 1);
      this.entries.push(entry);
    }
    return { success: true, matchIndex: prevLogIndex + entries.length };
  }

  /** 0 for index 0, before the log; undefined if there is no such entry. */
  termAt(index: number): number | undefined {
    return index === 0 ? 0 : this.entries[index - 1]?.term;
  }

  #refuse(prevLogIndex: number): Taken {
    const refusal = { success: false, matchIndex: 0 };
    if (!this.hints) return refusal;
    const term = this.termAt(prevLogIndex);
    if (term === undefined) return { ...refusal, conflictIndex: this.entries.length + 1 };
    const first = this.entries.find((entry) => entry.term === term)!;
    return { ...refusal, conflictIndex: first.index, conflictTerm: term };
  }
}
