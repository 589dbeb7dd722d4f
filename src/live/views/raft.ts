import type { Asker } from '../asker.ts';
import type { RaftView } from '../view.ts';
import { type Look, number, type Probe } from './probe.ts';

type RaftNode = RaftView['nodes'][number];
type Entries = NonNullable<RaftNode['entries']>;

const MOST_ENTRIES = 20;

/** Of each node its term, vote and commit index, and the end of its log, which is asked for when it has changed. */
export class RaftProbe implements Probe {
  readonly askGivenCodeOnly = true;
  readonly #logs = new Map<string, { state: string; entries: Entries }>();

  async look({ nodes, asker }: Look): Promise<RaftView> {
    const rows = nodes.map(({ name, answers }) => (answers ? this.#node(name, asker) : { name }));
    return { kind: 'raft', nodes: await Promise.all(rows) };
  }

  async #node(name: string, asker: Asker): Promise<RaftNode> {
    const status = await asker.ask<Record<string, unknown>>(name, '/status');
    if (!status) return { name };
    const { state, votedFor, currentTerm, commitIndex, lastApplied, lastLogIndex, lastLogTerm } = status;
    return {
      name,
      ...(typeof state === 'string' && { state }),
      ...number('currentTerm', currentTerm),
      ...((typeof votedFor === 'string' || votedFor === null) && { votedFor }),
      ...number('commitIndex', commitIndex),
      ...number('lastApplied', lastApplied),
      ...number('lastLogIndex', lastLogIndex),
      entries: await this.#log(name, Number(lastLogIndex ?? 0), Number(lastLogTerm ?? 0), asker),
    };
  }

  /** Two logs with the same last index and term are the same log. */
  async #log(name: string, lastIndex: number, lastTerm: number, asker: Asker): Promise<Entries> {
    const state = `${lastIndex} ${lastTerm}`;
    const known = this.#logs.get(name);
    if (known?.state === state) return known.entries;
    const from = Math.max(1, lastIndex - MOST_ENTRIES + 1);
    const path = `/log?from=${from}&limit=${MOST_ENTRIES}`;
    const told =
      lastIndex === 0 ? [] : await asker.ask<{ index?: number; term?: number }[]>(name, path, 'log');
    if (!Array.isArray(told)) return known?.entries ?? [];
    const entries = told.map(({ index, term }, at) => ({ index: index ?? from + at, term: Number(term) }));
    this.#logs.set(name, { state, entries });
    return entries;
  }
}
