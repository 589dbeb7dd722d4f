import { setTimeout as pause } from 'node:timers/promises';
import { type Language, languageOf } from '../course/languages.ts';
import type { Lesson } from '../course/lesson.ts';
import type { LogLine } from '../stack/runtime.ts';
import type { NodeStatus, Stack } from '../stack/stack.ts';
import { parseTrace, traceWords } from '../verify/trace-line.ts';
import { Asker } from './asker.ts';
import type { Cluster, LiveEvent, LogEvent, NodeView } from './events.ts';
import { messageEvent } from './message-event.ts';
import type { Probe } from './views/probe.ts';
import { probeFor } from './views/probe-for.ts';

/** What runs, and what it runs for. */
export interface Observed {
  stack: Stack;
  lesson: Lesson;
  /** Of each service in turn; the last repeats. */
  languages: readonly Language[];
}

export interface ObserveOptions {
  /** Between two looks, ms. */
  intervalMs?: number;
  /** Looked at each time, at most; more than that are told of as left out. */
  mostMessages?: number;
  /** Whether a verify goes on, by whomever. */
  verifying?: () => Promise<boolean>;
}

export const LOOK_EVERY_MS = 400;

/** Nodes work for us at most one part in so many of the time. */
const GENTLE = 25;
const LONGEST_PAUSE_MS = 5_000;

const MOST_MESSAGES = 400;
const MOST_TEXT = 1_024;

/** Messages that were told of as waiting and are asked for again. */
const MOST_WAITING = 150;

/** Lines of each node that are told of at the beginning. */
const FIRST_LINES = 10;

/** What a busy node traces thousands of times: of these so many a second are told for each node. */
const OFTEN: ReadonlySet<string> = new Set(['apply', 'deliver', 'send', 'recv']);
const MOST_LINES = 20;

/** A line of a node is cut here, characters. */
const LONGEST_LINE = 400;

/** What is told of a stack as a whole. */
export function clusterOf({ stack, lesson, languages }: Observed): Cluster {
  return {
    session: lesson.number,
    title: lesson.title,
    system: lesson.system,
    runtime: stack.runtimeName,
    project: stack.project,
    services: stack.services,
    languages: stack.services.map((_, index) => languageOf(languages, index)),
    wired: stack.placement.control !== undefined,
  };
}

/**
 * Looks at a stack, gently, and tells what it sees in the words of events.ts. A node, a wire or an engine that does not
 * answer is no error; it is looked at again.
 */
export class StackObserver {
  readonly #observed: Observed;
  readonly #tell: (event: LiveEvent) => void;
  readonly #signal: AbortSignal;
  readonly #options: ObserveOptions;
  readonly #asker: Asker;
  readonly #probe: Probe | undefined;
  /** States as they were told last, by type. */
  readonly #told = new Map<string, string>();
  #nodes: NodeView[] | undefined;
  readonly #health = new Map<string, Record<string, unknown>>();
  #lastSeq = -1;
  /** Numbers of messages of which more will be known. */
  #waiting: number[] = [];
  /** The last look at the messages: one after the other. */
  #messagesSeen: Promise<void> = Promise.resolve();

  /** @param signal ends it */
  constructor(
    observed: Observed,
    tell: (event: LiveEvent) => void,
    signal: AbortSignal,
    options: ObserveOptions = {},
  ) {
    this.#observed = observed;
    this.#tell = (event) => {
      if (!signal.aborted) tell(event);
    };
    this.#signal = signal;
    this.#options = options;
    this.#asker = new Asker((node) => observed.stack.url(node), signal);
    this.#probe = probeFor(observed.lesson);
  }

  /** Tells what it sees until the signal aborts. */
  async run(): Promise<void> {
    this.#tell({ type: 'cluster', at: Date.now(), cluster: clusterOf(this.#observed) });
    await Promise.all([
      this.#repeat(() => this.#lookAtNodes()),
      this.#repeat(() => this.#lookAtFaults()),
      this.#repeat(() => this.lookAtMessages()),
      this.#repeat(() => this.#lookAtSystem()),
      ...this.#observed.stack.services.map((node) => this.#repeat(() => this.#followLog(node))),
    ]);
  }

  /** Tells of what passed between the nodes until now. */
  lookAtMessages(): Promise<void> {
    const look = () => this.#tellMessages();
    this.#messagesSeen = this.#messagesSeen.then(look, look);
    return this.#messagesSeen;
  }

  /**
   * One look after the other until the signal aborts. What cannot be seen now is looked at again.
   * @param look gives how long to leave the nodes alone, ms, or nothing
   */
  async #repeat(look: () => Promise<unknown>): Promise<void> {
    const { intervalMs = LOOK_EVERY_MS } = this.#options;
    while (!this.#signal.aborted) {
      const pauseMs = await look().catch(() => undefined);
      await pause(Math.max(intervalMs, Number(pauseMs ?? 0)), undefined, { signal: this.#signal }).catch(
        () => {},
      );
    }
  }

  async #lookAtNodes(): Promise<void> {
    const { stack, languages } = this.#observed;
    const status = await stack.status();
    for (const { name, health } of status) {
      if (health) this.#health.set(name, health);
      else this.#health.delete(name);
    }
    this.#nodes = status.map((node, index) => nodeView(node, languageOf(languages, index)));
    this.#tellState('nodes', { nodes: this.#nodes });
  }

  async #lookAtFaults(): Promise<void> {
    const ledger = await this.#observed.stack.faults.ledger();
    this.#tellState('faults', { faults: ledger.map(({ at, what }) => ({ at, what })) });
  }

  /** @returns how long to leave the nodes alone, ms */
  async #lookAtSystem(): Promise<number> {
    const nodes = this.#nodes;
    if (!this.#probe || !nodes) return 0;
    if (!this.#probe.askGivenCodeOnly && (await this.#options.verifying?.())) return 0;
    const view = await this.#probe.look({ nodes, health: this.#health, asker: this.#asker });
    if (view) this.#tellState('system', { view });
    return Math.min(LONGEST_PAUSE_MS, GENTLE * this.#asker.takeSpentMs());
  }

  async #tellMessages(): Promise<void> {
    const { stack, lesson } = this.#observed;
    if (!stack.placement.control) return;
    const first = this.#lastSeq < 0;
    const most = first ? 50 : (this.#options.mostMessages ?? MOST_MESSAGES);
    const glance = { most, text: MOST_TEXT, also: this.#waiting };
    const messages = await stack.wire.glance(Math.max(0, this.#lastSeq), glance);
    const newest = messages.at(-1)?.seq ?? 0;
    const oldestNew = messages.find(({ seq }) => seq > this.#lastSeq)?.seq;
    if (!first && oldestNew !== undefined && oldestNew > this.#lastSeq + 1) {
      this.#tell({ type: 'left-out', at: Date.now(), messages: oldestNew - this.#lastSeq - 1 });
    }
    this.#lastSeq = Math.max(0, this.#lastSeq, newest);
    const told = new Set(this.#waiting);
    const waiting = messages.filter(({ outcome }) => outcome === 'waiting');
    this.#waiting = waiting.map(({ seq }) => seq).slice(-MOST_WAITING);
    for (const message of messages) {
      const nothingNew = message.outcome === 'waiting' && told.has(message.seq);
      if (!nothingNew) this.#tell(messageEvent(message, lesson.routine ?? []));
    }
  }

  /** Follows what a node prints. */
  async #followLog(node: string): Promise<void> {
    const { stack } = this.#observed;
    const follow = { follow: true, signal: this.#signal, tail: FIRST_LINES };
    let second = 0;
    let count = 0;
    for await (const line of stack.logs(node, follow)) {
      const event = logEvent(line, stack.placement.control !== undefined);
      if (!event) continue;
      const now = Math.floor(Date.now() / 1000);
      if (now !== second) [second, count] = [now, 0];
      if (++count <= MOST_LINES || !OFTEN.has(event.trace ?? '')) this.#tell(event);
    }
  }

  /** States are told when they have changed. */
  #tellState(type: 'nodes' | 'faults' | 'system', state: object): void {
    const text = JSON.stringify(state);
    if (this.#told.get(type) === text) return;
    this.#told.set(type, text);
    this.#tell({ type, at: Date.now(), ...state } as LiveEvent);
  }
}

/** Fields of /health that are shown elsewhere, or change all the time. */
const SHOWN_ELSEWHERE = new Set(['id', 'status', 'uptimeMs', 'role', 'term', 'leader']);

function nodeView({ name, url, state, health }: NodeStatus, language: string): NodeView {
  const { role, term, leader } = health ?? {};
  const more = Object.entries(health ?? {}).filter(([key]) => !SHOWN_ELSEWHERE.has(key));
  return {
    name,
    url,
    language,
    status: state.status,
    ...(state.status === 'exited' && { exitCode: state.exitCode }),
    answers: health !== undefined,
    ...(typeof role === 'string' && { role }),
    ...(typeof term === 'number' && { term }),
    ...((typeof leader === 'string' || leader === null) && { leader }),
    more: more.map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`),
  };
}

/** @returns undefined for a trace of a message that the wire tells of */
function logEvent({ node, at, text }: LogLine, wired: boolean): LogEvent | undefined {
  const trace = parseTrace(text);
  if (!trace) return { type: 'log', at: at ?? Date.now(), node, text: text.slice(0, LONGEST_LINE) };
  if (wired && (trace.event === 'send' || trace.event === 'recv')) return undefined;
  const words = traceWords(trace).slice(0, LONGEST_LINE);
  return { type: 'log', at: trace.ts, node, text: words, trace: trace.event };
}
