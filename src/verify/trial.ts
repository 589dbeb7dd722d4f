import { isDeepStrictEqual } from 'node:util';
import type { Stack } from '../stack/stack.ts';
import type { Trap, WireMessage } from '../stack/wire/protocol.ts';
import type {
  Answer,
  Broken,
  ConnectOptions,
  Faults,
  Line,
  NodeClient,
  PuppetAnswer,
  PuppetHandler,
  Trial,
  WireView,
} from './check.ts';
import { openLine, type RecordedFrame } from './line.ts';
import { RecordingClient } from './node-client.ts';
import type { Patience } from './patience.ts';
import type { ClientCall, TimelineRow } from './timeline.ts';
import { CheckEnded, Inconclusive, PromiseBroken, TooLate } from './verdict.ts';

const CALL_TIMEOUT_MS = 5_000;
const EVENTUALLY_WITHIN_MS = 10_000;
const TERMINATE_WITHIN_MS = 10_000;
const MOST_EVIDENCE = 12;

/** A trial on live nodes. `end` undoes all it did; what it saw stays for the explanation. */
export class LiveTrial implements Trial {
  /** Epoch ms. */
  readonly began = Date.now();
  readonly services: readonly string[];
  readonly faults: Faults;
  readonly wire: WireView;
  readonly facts: string[] = [];
  readonly notes: string[] = [];
  readonly calls: ClientCall[] = [];
  /** What passed between clients and nodes on WebSockets. */
  readonly frames: RecordedFrame[] = [];
  /** Faults and notes, for the timeline. */
  readonly events: TimelineRow[] = [];
  /** Told of each of them as it happens. */
  onEvent: (event: TimelineRow) => void = () => {};
  /** Nodes that the check stopped on purpose and has not started again. */
  readonly stopped = new Set<string>();
  readonly #stack: Stack;
  readonly #patience: Patience;
  readonly #random: () => number;
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  readonly #logMarks = new Map<string, number>();
  readonly #puppets: Promise<void>[] = [];
  #firstMessage = 0;
  #count = 0;

  /**
   * @param services those that run during the check
   * @param random seeded, 0 <= x < 1
   * @param signal aborts everything that waits
   */
  constructor(
    stack: Stack,
    services: readonly string[],
    patience: Patience,
    random: () => number,
    signal: AbortSignal,
  ) {
    this.#stack = stack;
    this.services = services;
    this.#patience = patience;
    this.#random = random;
    this.#signal = AbortSignal.any([signal, this.#ended.signal]);
    this.faults = this.#recordingFaults();
    this.wire = this.#wireView();
  }

  /** Notes where logs and the wire's record stand, so that only what comes later counts. */
  async begin(): Promise<void> {
    const record = await this.#stack.wire.messages(0);
    this.#firstMessage = record.at(-1)?.seq ?? 0;
    await this.#stack.wire.seed(Math.floor(this.#random() * 2 ** 31));
    const marks = this.services.map(async (service) => {
      this.#logMarks.set(service, (await this.#allOutput(service)).length);
    });
    await Promise.all(marks);
  }

  /** Undoes faults, traps and puppets. Killed nodes are left to the next run. */
  async end(): Promise<void> {
    this.#ended.abort(new CheckEnded());
    await Promise.allSettled(this.#puppets);
    await this.#stack.faults.heal();
  }

  node(name: string): NodeClient {
    const timeoutMs = this.patience(CALL_TIMEOUT_MS);
    return new RecordingClient(name, this.#stack.url(name), this.calls, timeoutMs, this.#signal);
  }

  connect(node: string, path: string, { name, label }: ConnectOptions): Promise<Line> {
    const url = this.#stack.url(node) + path;
    const timeoutMs = this.patience(CALL_TIMEOUT_MS);
    const { frames: record } = this;
    return openLine({ name, node, url, label, record, timeoutMs, signal: this.#signal });
  }

  async tryConnect(node: string, path: string, options: ConnectOptions): Promise<Line | undefined> {
    try {
      return await this.connect(node, path, options);
    } catch (error) {
      if (error instanceof PromiseBroken) return undefined;
      throw error;
    }
  }

  broken(how: Broken): never {
    throw new PromiseBroken(this.#withEvidence(how));
  }

  expect(condition: boolean, how: Broken | (() => Broken)): asserts condition {
    if (!condition) this.broken(typeof how === 'function' ? how() : how);
  }

  expectStatus(answer: Answer, statuses: number | number[], what: string): void {
    const wanted = [statuses].flat();
    this.expect(wanted.includes(answer.status), () => ({
      expected: `${what} is answered with ${wanted.join(' or ')}`,
      seen: `${answer.status} ${JSON.stringify(answer.body)}`,
    }));
  }

  expectEqual(actual: unknown, expected: unknown, what: string): void {
    this.expect(isDeepStrictEqual(actual, expected), () => ({
      expected: `${what} is ${JSON.stringify(expected)}`,
      seen: JSON.stringify(actual) ?? 'nothing',
    }));
  }

  async eventually<T>(
    what: string,
    probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
    options: { withinMs?: number; seen?: () => string } = {},
  ): Promise<T> {
    const withinMs = this.patience(options.withinMs ?? EVENTUALLY_WITHIN_MS);
    const deadline = performance.now() + withinMs;
    let pauseMs = 10;
    for (;;) {
      this.#signal.throwIfAborted();
      const late = performance.now() > deadline;
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
      if (late) {
        const seen = options.seen?.() ?? `still not so after ${(withinMs / 1000).toFixed(1)} s`;
        throw new TooLate(this.#withEvidence({ expected: what, seen }));
      }
      await this.#wait(pauseMs);
      pauseMs = Math.min(100, pauseMs * 1.5);
    }
  }

  async holds(
    what: string,
    probe: () => Promise<Broken | undefined>,
    options: { forMs: number },
  ): Promise<void> {
    const deadline = performance.now() + options.forMs;
    while (performance.now() < deadline) {
      const breach = await probe();
      if (breach) this.broken({ ...breach, expected: breach.expected || what });
      await this.#wait(25);
    }
  }

  elapse(ms: number): Promise<void> {
    return this.#wait(ms);
  }

  inconclusive(why: string, next: string): never {
    throw new Inconclusive(why, next);
  }

  fact(text: string): void {
    this.facts.push(text);
  }

  note(text: string): void {
    const at = Date.now() - this.began;
    this.notes.push(`${String(at).padStart(6)} ms  ${text}`);
    this.#enter({ at, kind: 'note', label: text });
  }

  patience(ms: number): number {
    return Math.round(ms * this.#patience.factor);
  }

  get slackMs(): number {
    return this.#patience.slackMs;
  }

  unique(prefix: string): string {
    return `${prefix}-${this.began.toString(36).slice(-5)}${++this.#count}`;
  }

  random(): number {
    return this.#random();
  }

  readData(node: string): Promise<Map<string, Buffer>> {
    return this.#stack.readData(node);
  }

  async writeData(node: string, path: string, content: Buffer): Promise<void> {
    this.#fault(`${path} of ${node} changed by hand`, node);
    await this.#stack.writeData(node, path, content);
  }

  async terminate(node: string): Promise<{ exitCode: number | null; ms: number }> {
    this.#fault(`SIGTERM to ${node}`, node);
    this.stopped.add(node);
    return this.#stack.terminate(node, this.patience(TERMINATE_WITHIN_MS));
  }

  async output(node: string): Promise<string[]> {
    return (await this.#allOutput(node)).slice(this.#logMarks.get(node) ?? 0);
  }

  #withEvidence(how: Broken): Broken {
    return { ...how, evidence: [...this.notes, ...(how.evidence ?? [])].slice(-MOST_EVIDENCE) };
  }

  async #allOutput(node: string): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of this.#stack.logs(node)) lines.push(line.text);
    return lines;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        clearTimeout(timer);
        reject(this.#signal.reason);
      };
      const timer = setTimeout(() => {
        this.#signal.removeEventListener('abort', aborted);
        resolve();
      }, ms);
      if (this.#signal.aborted) aborted();
      else this.#signal.addEventListener('abort', aborted, { once: true });
    });
  }

  #fault(label: string, node?: string): void {
    const at = Date.now() - this.began;
    this.#enter({ at, kind: 'fault', label, ...(node && { from: node }) });
  }

  #enter(event: TimelineRow): void {
    this.events.push(event);
    this.onEvent(event);
  }

  #recordingFaults(): Faults {
    const { faults } = this.#stack;
    return {
      kill: async (node) => {
        this.#fault(`${node} killed (SIGKILL)`, node);
        this.stopped.add(node);
        await faults.kill(node);
      },
      restart: async (node, options) => {
        this.#fault(`${node} started again${options?.wipe ? ' with empty data' : ''}`, node);
        this.stopped.add(node);
        await this.#stack.restart(node, options);
        this.stopped.delete(node);
      },
      pause: async (node) => {
        this.#fault(`${node} paused`, node);
        await faults.pause(node);
      },
      resume: async (node) => {
        this.#fault(`${node} resumed`, node);
        await faults.resume(node);
      },
      isolate: async (node) => {
        this.#fault(`${node} isolated`, node);
        await faults.isolate(node);
      },
      partition: async (groups) => {
        this.#fault(`partition ${groups.map((group) => group.join(',')).join(' | ')}`);
        await faults.partition(groups);
      },
      cut: async (from, to) => {
        this.#fault(`${from} cut off from ${to}, one way`, from);
        await faults.cut(from, to);
      },
      loss: async (share, from, to) => {
        this.#fault(`${Math.round(share * 100)}% loss around ${from}`, from);
        await faults.loss(share, from, to);
      },
      delay: async (ms, from, to) => {
        this.#fault(`messages of ${from} delayed by ${ms} ms`, from);
        await faults.delay(ms, from, to);
      },
      heal: async () => {
        this.#fault('all links healed');
        await faults.heal();
      },
    };
  }

  #wireView(): WireView {
    const { wire } = this.#stack;
    return {
      trap: async (trap: Trap) => {
        const { id } = await wire.addTrap(trap);
        return {
          caught: async () => {
            const { caught } = await wire.trap(id);
            const messages = await this.#messages();
            return messages.filter((message) => caught.includes(message.seq));
          },
          release: () => wire.releaseTrap(id),
          remove: () => wire.removeTrap(id),
        };
      },
      messages: async (filter = {}) => {
        const messages = await this.#messages();
        return messages.filter(
          (message) =>
            (filter.from === undefined || message.from === filter.from) &&
            (filter.to === undefined || message.to === filter.to) &&
            (filter.path === undefined || message.path.startsWith(filter.path)),
        );
      },
      answerAs: (to, handler) => {
        const playing = this.#playPuppet(to, handler);
        // Whoever waits in the check sees the failure too; here it must only not go unhandled.
        playing.catch(() => {});
        this.#puppets.push(playing);
      },
    };
  }

  /** What passed the wire since the check began. */
  async #messages(): Promise<WireMessage[]> {
    return this.#stack.wire.messages(this.#firstMessage);
  }

  async #playPuppet(to: string, handler: PuppetHandler): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const message = await this.#stack.wire.nextPuppetCall(to, 200);
      if (!message) continue;
      const answer = handler(message);
      // Nobody may be there any more to hear a late answer.
      if (answer instanceof Promise) answer.then((late) => this.#answerPuppet(message, late)).catch(() => {});
      else await this.#answerPuppet(message, answer);
    }
  }

  async #answerPuppet({ seq }: WireMessage, answer: PuppetAnswer | undefined): Promise<void> {
    if (answer && !this.#ended.signal.aborted) await this.#stack.wire.answerPuppet(seq, answer);
  }
}
