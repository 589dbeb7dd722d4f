import { isDeepStrictEqual } from 'node:util';
import type { Trial } from '../../src/verify/check.ts';
import { brief } from './brief.ts';

/** How soon a node that runs says how it is, ms. */
const HEALTH_WITHIN_MS = 1_000;
const LEADER_WITHIN_MS = 10_000;
const EQUAL_WITHIN_MS = 10_000;

/** What a node says of itself. */
export interface Health {
  id: string;
  role: 'leader' | 'follower' | 'candidate';
  term: number;
  leader: string | null;
}

export interface Leader {
  node: string;
  term: number;
}

/** What every entry of a replicated log has, whatever it says. */
export interface NumberedEntry {
  index: number;
  term: number;
}

/** The nodes as those who elect a leader. Whatever it sees it holds against the promise. */
export class Electorate {
  protected readonly trial: Trial;
  readonly nodes: readonly string[];
  /** Who was seen to lead, by term. */
  readonly #leaders = new Map<number, string>();

  /** @param nodes all that replicate one log */
  constructor(trial: Trial, nodes: readonly string[]) {
    this.trial = trial;
    this.nodes = nodes;
  }

  /** What a node says of itself: undefined if it is silent. One leader a term at most, or the promise is broken. */
  async health(node: string): Promise<Health | undefined> {
    const timeoutMs = this.trial.patience(HEALTH_WITHIN_MS);
    const { answer } = await this.trial.node(node).try('GET', '/health', undefined, { timeoutMs });
    if (!answer) return undefined;
    this.trial.expectStatus(answer, 200, `GET /health at ${node}`);
    const { id, role, term, leader } = answer.body ?? {};
    const isRole = ['leader', 'follower', 'candidate'].includes(role);
    const isLeader = leader === null || typeof leader === 'string';
    this.trial.expect(id === node && isRole && Number.isInteger(term) && isLeader, {
      expected: `GET /health at ${node} names its id, role, term and the leader (or null)`,
      seen: brief(answer.body),
    });
    if (role === 'leader') this.sawLeader(node, term);
    return answer.body;
  }

  /**
   * Waits until these nodes agree on who leads.
   *
   * @param among the nodes that can reach each other
   * @param after the term that must be over
   * @param withinMs on an idle machine
   */
  leader({ among = this.nodes, after = 0, withinMs = LEADER_WITHIN_MS } = {}): Promise<Leader> {
    let seen: (Health | undefined)[] = [];
    return this.trial.eventually(
      `${among.join(', ')} agree on one leader${after > 0 ? ` after term ${after}` : ''}`,
      async () => {
        seen = await Promise.all(among.map((node) => this.health(node)));
        const first = seen.find((health) => health?.role === 'leader');
        if (first === undefined || first.term <= after) return undefined;
        const { id: node, term } = first;
        return seen.every((health) => health?.term === term && health.leader === node) && { node, term };
      },
      { withinMs, seen: () => among.map((node, index) => `${node}: ${describe(seen[index])}`).join('; ') },
    );
  }

  /** Notes that a node leads in a term: nobody else may, at any time. */
  protected sawLeader(node: string, term: number): void {
    const known = this.#leaders.get(term) ?? node;
    this.trial.expect(known === node, {
      expected: `only one node leads in term ${term}`,
      seen: `${known} and ${node} both did`,
    });
    this.#leaders.set(term, node);
  }
}

/** The nodes as those who replicate one log, too. */
export class LoggingElectorate<Entry extends NumberedEntry> extends Electorate {
  readonly #logPath: string;

  /** @param logPath where a node shows its log: `/_log` */
  constructor(trial: Trial, nodes: readonly string[], logPath: string) {
    super(trial, nodes);
    this.#logPath = logPath;
  }

  /** A node's whole replication log, or that from an index on. Its indexes have no gap and its terms never fall. */
  async log(node: string, from = 1): Promise<Entry[]> {
    const path = `${this.#logPath}?from=${from}`;
    const what = `GET ${path} at ${node}`;
    const answer = await this.trial.node(node).call('GET', path);
    this.trial.expectStatus(answer, 200, what);
    this.trial.expect(Array.isArray(answer.body), {
      expected: `${what} gives a list of entries`,
      seen: brief(answer.body),
    });
    const entries: Entry[] = answer.body;
    let term = 0;
    for (const [position, entry] of entries.entries()) {
      this.trial.expect(entry?.index === from + position && entry.term >= term, () => ({
        expected: `in ${what}, index ${from + position} follows, in a term that is not earlier`,
        seen: brief(entries.slice(Math.max(0, position - 1), position + 1)),
      }));
      term = entry.term;
    }
    return entries;
  }

  /** Waits until all logs are the same. Two entries of one index and term must never differ. Returns the log. */
  logsAgree(nodes: readonly string[] = this.nodes): Promise<Entry[]> {
    let seen = '';
    return this.trial.eventually(
      `the logs of ${nodes.join(', ')} are the same`,
      async () => {
        const logs = await Promise.all(nodes.map((node) => this.log(node)));
        this.expectMatching(nodes, logs);
        const [first, ...others] = logs;
        seen = nodes.map((node, n) => `${node} has ${describeLog(logs[n]!)}`).join('; ');
        return others.every((log) => isDeepStrictEqual(log, first)) && first;
      },
      { withinMs: EQUAL_WITHIN_MS, seen: () => seen },
    );
  }

  /** Whole logs of several nodes: two entries of the same index and term are the same. */
  protected expectMatching(nodes: readonly string[], logs: readonly Entry[][]): void {
    for (const [n, log] of logs.entries()) {
      for (const entry of log) {
        const other = logs[0]![entry.index - 1];
        if (other === undefined || other.term !== entry.term) continue;
        this.trial.expect(isDeepStrictEqual(other, entry), {
          expected: 'two entries of the same index and term are the same on every node',
          seen: `${nodes[0]} has ${brief(other)}, ${nodes[n]} has ${brief(entry)}`,
        });
      }
    }
  }
}

function describe(health: Health | undefined): string {
  if (health === undefined) return 'silent';
  return `${health.role} in term ${health.term}, leader ${health.leader ?? 'unknown'}`;
}

/** Index and term of the last entries: that is where logs differ. */
function describeLog(log: readonly NumberedEntry[]): string {
  if (log.length === 0) return 'nothing';
  const last = log.slice(-4).map(({ index, term }) => `${index} (term ${term})`);
  return `${log.length > last.length ? '... ' : ''}${last.join(', ')}`;
}
