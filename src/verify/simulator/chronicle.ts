import { brief, type Timeline, type TimelineRow } from '../timeline.ts';
import type { Message } from './core.ts';
import type { Property, Violation } from './violation.ts';

const MOST_ROWS = 24;

/** Heartbeats do not matter for these. */
const ABOUT_VOTES: ReadonlySet<Property> = new Set([
  'election-safety',
  'one-vote-a-term',
  'terms-only-grow',
  'liveness',
]);

/** A row, and what it is about. */
interface Line extends TimelineRow {
  term?: number;
  /** Goes on all the time, and matters only to those whom a violation is about. */
  routine?: boolean;
}

/** Writes down what happens in a run, so that it can be told afterwards. */
export class Chronicle {
  readonly #lines: Line[] = [];

  message(at: number, kind: 'message' | 'answer' | 'lost', message: Message): void {
    const { type, term, from, to, data } = message;
    const { entries, round: _round, ...rest } = data;
    const sent = entries === undefined ? {} : { entries: entries.map(spellEntry).join(' ') || 'none' };
    const label = `${type} term=${term}${brief({ ...rest, ...sent })}`;
    const routine = type.startsWith('AppendEntries') && (entries?.length === 0 || data.success === true);
    this.#lines.push({ at, kind, from, to, label, term, routine });
  }

  fault(at: number, node: string | undefined, label: string): void {
    this.#lines.push({ at, kind: 'fault', ...(node !== undefined && { from: node }), label });
  }

  note(at: number, node: string, label: string, term?: number): void {
    this.#lines.push({ at, kind: 'note', from: node, label, ...(term !== undefined && { term }) });
  }

  /** The last things that happened, as far as they have to do with it. */
  timeline(nodes: readonly string[], { message, about, property }: Violation, at: number): Timeline {
    const { terms, nodes: accused = [] } = about;
    const isTold = ({ routine, term, to }: Line) => {
      if (!routine) return true;
      return !ABOUT_VOTES.has(property) && terms?.includes(term!) === true && accused.includes(to!);
    };
    const told = withoutRepeats(this.#lines.filter(isTold));
    const rows: TimelineRow[] = told
      .slice(-MOST_ROWS)
      .map(({ term: _term, routine: _routine, ...row }) => row);
    rows.push({ at, kind: 'fault', ...(accused[0] !== undefined && { from: accused[0] }), label: message });
    return { participants: [...nodes], rows, earlier: told.length - rows.length + 1 };
  }
}

/** What happens again and again is told once. */
function withoutRepeats(lines: readonly Line[]): Line[] {
  const told: (Line & { times: number })[] = [];
  for (const line of lines) {
    const last = told.findLast(({ from, to }) => from === line.from && to === line.to);
    if (last?.label === line.label && last.kind === line.kind) last.times += 1;
    else told.push({ ...line, times: 1 });
  }
  return told.map(({ times, ...line }) =>
    times > 1 ? { ...line, label: `${line.label} (${times} times)` } : line,
  );
}

function spellEntry({ index, term }: { index: number; term: number }): string {
  return `${index}(term ${term})`;
}
