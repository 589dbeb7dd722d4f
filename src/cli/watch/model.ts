import type { Cluster, LiveEvent, MessageEvent, NodeView } from '../../live/events.ts';
import type { SystemView } from '../../live/view.ts';
import type { Verdict } from '../../verify/verdict.ts';

/** What is remembered of the past. */
const MOST_HAPPENINGS = 200;
const MOST_WAITING = 300;

/** Something that happened, in words. */
export interface Happening {
  /** Epoch ms. */
  at: number;
  kind: 'message' | 'lost' | 'fault' | 'note' | 'log';
  text: string;
}

export interface CheckState {
  id: string;
  promise: string;
  verdict: Verdict | 'waiting' | 'running';
}

/** What is known of a cluster, from its events one after the other. It never grows beyond its bounds. */
export class WatchModel {
  /** Undefined: nothing was told yet. */
  cluster: Cluster | null | undefined;
  nodes: NodeView[] = [];
  faults: { at: number; what: string }[] = [];
  view: SystemView | undefined;
  happenings: Happening[] = [];
  run: { id: string; verdict: Verdict | 'running' | 'interrupted'; checks: CheckState[] } | undefined;
  /** Messages that were routine and answered, or too many to look at. */
  routine = 0;
  /** Messages that were told of as waiting, and stand in the happenings. */
  readonly #waiting = new Map<number, Happening>();

  take(event: LiveEvent): void {
    switch (event.type) {
      case 'cluster':
        this.#takeCluster(event.cluster);
        break;
      case 'nodes':
        this.nodes = event.nodes;
        break;
      case 'faults':
        this.faults = event.faults;
        break;
      case 'system':
        this.view = event.view;
        break;
      case 'message':
        this.#takeMessage(event);
        break;
      case 'left-out':
        this.routine += event.messages;
        break;
      case 'note':
        this.#add({
          at: event.at,
          kind: event.kind,
          text: event.kind === 'fault' ? `⚡ ${event.text}` : event.text,
        });
        break;
      case 'log':
        if (tellsMuch(event.trace))
          this.#add({ at: event.at, kind: 'log', text: `${event.node} | ${event.text}` });
        break;
      case 'verify':
        this.#takeRun(event.run, event.event);
        break;
    }
  }

  #takeCluster(cluster: Cluster | null): void {
    this.cluster = cluster;
    this.nodes = [];
    this.faults = [];
    this.view = undefined;
    this.happenings = [];
    this.routine = 0;
    this.#waiting.clear();
  }

  /** A message is told of when it is sent, and again when it is known what became of it. */
  #takeMessage(message: MessageEvent): void {
    const { seq, at, outcome, routine } = message;
    const known = this.#waiting.get(seq);
    if (outcome !== 'waiting') this.#waiting.delete(seq);
    const lost = outcome !== 'waiting' && outcome !== 'answered';
    if (routine && !lost) {
      if (!known) this.routine++;
      return;
    }
    const told: Happening = { at, kind: lost ? 'lost' : 'message', text: messageWords(message) };
    if (known) Object.assign(known, told);
    else this.#add(told);
    if (outcome === 'waiting') {
      this.#waiting.set(seq, told);
      if (this.#waiting.size > MOST_WAITING) this.#waiting.delete(this.#waiting.keys().next().value!);
    }
  }

  #takeRun(id: string, event: Extract<LiveEvent, { type: 'verify' }>['event']): void {
    if (event.type === 'started') {
      const checks = event.checks.map((check) => ({ ...check, verdict: 'waiting' as const }));
      this.run = { id, verdict: 'running', checks };
    } else if (this.run?.id !== id) {
      return;
    } else if (event.type === 'check-started') {
      this.#decide(event.id, 'running');
    } else if (event.type === 'check-finished') {
      this.#decide(event.result.id, event.result.verdict);
    } else if (event.type === 'finished') {
      this.run.verdict = event.result.verdict;
    } else if (event.type === 'ended') {
      this.run.verdict = 'interrupted';
    }
  }

  #decide(id: string, verdict: CheckState['verdict']): void {
    const check = this.run?.checks.find((candidate) => candidate.id === id);
    if (check) check.verdict = verdict;
  }

  #add(happening: Happening): void {
    this.happenings.push(happening);
    if (this.happenings.length > 2 * MOST_HAPPENINGS)
      this.happenings = this.happenings.slice(-MOST_HAPPENINGS);
  }
}

/** What a node prints itself and its changes of state; what it applies and delivers is seen elsewhere. */
export function tellsMuch(trace: string | undefined): boolean {
  return trace === undefined || trace === 'state' || trace === 'timeout';
}

const OUTCOMES: Readonly<Record<string, string>> = {
  waiting: '...',
  'request-lost': 'lost on the way',
  'answer-lost': 'its answer was lost',
  reset: 'connection reset',
  unreachable: 'nobody there',
  abandoned: 'given up',
};

/** `node1 -> node2  200  RequestVote term=2`: what became of it stands before what it said, which may be long. */
export function messageWords({ from, to, label, outcome, status, faults }: MessageEvent): string {
  const became = outcome === 'answered' ? String(status) : (OUTCOMES[outcome] ?? outcome);
  const fate = outcome === 'answered' || faults.length === 0 ? [became, ...faults] : faults;
  // The kind of the message says more than the path that all of them have.
  const said = label.replace(/^POST \S+ type=/, '');
  return `${from} -> ${to}  ${fate.join(', ').padEnd(3)}  ${said}`;
}

/** `12:00:03.123`, local time. */
export function clock(at: number): string {
  const date = new Date(at);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** How a node is, in a word or two. */
export function stateWords({ status, answers, exitCode }: NodeView): string {
  if (status === 'running') return answers ? 'running' : 'silent';
  if (status === 'exited') return exitCode === null || exitCode === undefined ? 'dead' : `exit ${exitCode}`;
  return status === 'absent' ? 'stopped' : status;
}
