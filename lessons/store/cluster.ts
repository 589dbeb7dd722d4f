import { isDeepStrictEqual } from 'node:util';
import type { Trial } from '../../src/verify/check.ts';
import { brief } from './brief.ts';
import { NODES } from './nodes.ts';

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

/** An entry of a node's replication log. */
export interface LogEntry {
  index: number;
  term: number;
  key: string | null;
  value: unknown;
  deleted?: boolean;
}

export interface Leader {
  node: string;
  term: number;
}

/** The nodes as those who replicate one log and elect its leader. Whatever it sees it holds against the promise. */
export class Cluster {
  readonly #trial: Trial;
  /** Who was seen to lead, by term. */
  readonly #leaders = new Map<number, string>();

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** What a node says of itself: undefined if it is silent. One leader a term at most, or the promise is broken. */
  async health(node: string): Promise<Health | undefined> {
    const timeoutMs = this.#trial.patience(HEALTH_WITHIN_MS);
    const { answer } = await this.#trial.node(node).try('GET', '/health', undefined, { timeoutMs });
    if (!answer) return undefined;
    this.#trial.expectStatus(answer, 200, `GET /health at ${node}`);
    const { id, role, term, leader } = answer.body ?? {};
    const isRole = ['leader', 'follower', 'candidate'].includes(role);
    const isLeader = leader === null || typeof leader === 'string';
    this.#trial.expect(id === node && isRole && Number.isInteger(term) && isLeader, {
      expected: `GET /health at ${node} names its id, role, term and the leader (or null)`,
      seen: brief(answer.body),
    });
    if (role === 'leader') this.#sawLeader(node, term);
    return answer.body;
  }

  /**
   * Waits until these nodes agree on who leads.
   *
   * @param among the nodes that can reach each other
   * @param after the term that must be over
   * @param withinMs on an idle machine
   */
  leader({
    among = NODES as readonly string[],
    after = 0,
    withinMs = LEADER_WITHIN_MS,
  } = {}): Promise<Leader> {
    let seen: (Health | undefined)[] = [];
    return this.#trial.eventually(
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

  /** A node's whole replication log, or that from an index on. Its indexes have no gap and its terms never fall. */
  async log(node: string, from = 1): Promise<LogEntry[]> {
    const what = `GET /_log?from=${from} at ${node}`;
    const answer = await this.#trial.node(node).call('GET', `/_log?from=${from}`);
    this.#trial.expectStatus(answer, 200, what);
    this.#trial.expect(Array.isArray(answer.body), {
      expected: `${what} gives a list of entries`,
      seen: brief(answer.body),
    });
    const entries: LogEntry[] = answer.body;
    let term = 0;
    for (const [position, entry] of entries.entries()) {
      this.#trial.expect(entry?.index === from + position && entry.term >= term, () => ({
        expected: `in ${what}, index ${from + position} follows, in a term that is not earlier`,
        seen: brief(entries.slice(Math.max(0, position - 1), position + 1)),
      }));
      term = entry.term;
    }
    return entries;
  }

  /** Waits until all logs are the same. Two entries of one index and term must never differ. Returns the log. */
  logsAgree(nodes: readonly string[] = NODES): Promise<LogEntry[]> {
    let seen = '';
    return this.#trial.eventually(
      `the logs of ${nodes.join(', ')} are the same`,
      async () => {
        const logs = await Promise.all(nodes.map((node) => this.log(node)));
        this.#expectMatching(nodes, logs);
        const [first, ...others] = logs;
        seen = nodes.map((node, n) => `${node} has ${describeLog(logs[n]!)}`).join('; ');
        return others.every((log) => isDeepStrictEqual(log, first)) && first;
      },
      { withinMs: EQUAL_WITHIN_MS, seen: () => seen },
    );
  }

  /** Sends a message as if another node had, and returns the answer's term and data. */
  async rpc(
    to: string,
    type: string,
    term: number,
    from: string,
    data: Record<string, unknown>,
  ): Promise<{ term: number; data: any }> {
    const what = `${type} of term ${term} from ${from} to ${to}`;
    const answer = await this.#trial.node(to).call('POST', '/_rpc', { type, term, from, to, data });
    this.#trial.expectStatus(answer, 200, what);
    const { type: answered, term: theirs, data: body } = answer.body ?? {};
    const isAnswer = answered === `${type}Response` && Number.isInteger(theirs) && typeof body === 'object';
    this.#trial.expect(isAnswer, {
      expected: `${what} is answered with {"type": "${type}Response", "term", "from", "to", "data"}`,
      seen: brief(answer.body),
    });
    return { term: theirs, data: body };
  }

  #sawLeader(node: string, term: number): void {
    const known = this.#leaders.get(term) ?? node;
    this.#trial.expect(known === node, {
      expected: `only one node leads in term ${term}`,
      seen: `${known} and ${node} both did`,
    });
    this.#leaders.set(term, node);
  }

  #expectMatching(nodes: readonly string[], logs: readonly LogEntry[][]): void {
    for (const [n, log] of logs.entries()) {
      for (const entry of log) {
        const other = logs[0]![entry.index - 1];
        if (other === undefined || other.term !== entry.term) continue;
        this.#trial.expect(isDeepStrictEqual(other, entry), {
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
function describeLog(log: readonly LogEntry[]): string {
  if (log.length === 0) return 'nothing';
  const last = log.slice(-4).map(({ index, term }) => `${index} (term ${term})`);
  return `${log.length > last.length ? '... ' : ''}${last.join(', ')}`;
}
