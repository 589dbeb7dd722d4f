import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dateStamp } from '../course/date-stamp.ts';
import type { VerifyEvent } from '../verify/runner.ts';
import type { LiveEvent, RunEvent } from './events.ts';
import { runFile, runIds, runsFolder } from './run-file.ts';
import { clusterOf, type Observed, StackObserver } from './stack-observer.ts';

/** Older runs are deleted. */
const MOST_RUNS = 20;

/** What happened to the nodes is kept for a check that fails: so many of the last events. */
const MOST_EVENTS = 3_000;

/** From this size on a run's file takes verdicts only, bytes. */
const MOST_BYTES = 24 * 1024 * 1024;

const STATES: ReadonlySet<string> = new Set(['nodes', 'faults', 'system']);

/**
 * Records a run of `dsc verify`, so that it can be looked at later, and by others while it goes on. What the checks tell is
 * written at once. What is seen of the nodes is kept in memory, and written when a check does not pass: nobody replays
 * what went well.
 */
export class RunRecorder {
  readonly id: string;
  readonly #file: FileHandle;
  readonly #observer: StackObserver;
  readonly #ended = new AbortController();
  #recent: LiveEvent[] = [];
  /** How things stood before the first of the recent events. */
  readonly #before = new Map<string, LiveEvent>();
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  readonly #watching: Promise<void>;
  #finished = false;

  private constructor(id: string, file: FileHandle, observed: Observed) {
    this.id = id;
    this.#file = file;
    const see = (event: LiveEvent) => this.#see(event);
    this.#observer = new StackObserver(observed, see, this.#ended.signal, { verifying: async () => true });
    this.#watching = this.#observer.run();
  }

  /** Begins a recording. Older ones than the last twenty are deleted. */
  static async begin(workspace: string, observed: Observed): Promise<RunRecorder> {
    await mkdir(runsFolder(workspace), { recursive: true });
    for (const old of (await runIds(workspace)).slice(MOST_RUNS - 1))
      await rm(runFile(workspace, old), { force: true });
    const { id, file } = await create(workspace);
    const recorder = new RunRecorder(id, file, observed);
    recorder.#write([{ type: 'cluster', at: Date.now(), cluster: clusterOf(observed) }]);
    return recorder;
  }

  /** What the run tells, for `VerifyOptions.onEvent`. */
  readonly take = (event: VerifyEvent): void => {
    if (event.type === 'noted') {
      const { at, kind, node, text } = event;
      this.#write([{ type: 'note', at, kind, ...(node && { node }), text }]);
      return;
    }
    const told: RunEvent = { type: 'verify', at: Date.now(), run: this.id, event };
    if (event.type === 'check-started') this.#forget(told.at);
    if (event.type === 'finished') this.#finished = true;
    if (event.type === 'check-finished' && event.result.verdict !== 'pass') this.#writeRecent(told);
    else this.#write([told]);
  };

  /** Ends the recording; nothing is lost. */
  async end(): Promise<void> {
    if (!this.#finished)
      this.#write([{ type: 'verify', at: Date.now(), run: this.id, event: { type: 'ended' } }]);
    await this.#writing;
    this.#ended.abort();
    await this.#watching;
    await this.#file.close();
  }

  #see(event: LiveEvent): void {
    if (event.type === 'cluster') return;
    this.#recent.push(event);
    if (this.#recent.length > 2 * MOST_EVENTS) this.#keep(this.#recent.slice(-MOST_EVENTS));
  }

  /** A new check begins: what was before is of no interest but for how things stand. */
  #forget(before: number): void {
    this.#writing = this.#writing.then(() => this.#keep(this.#recent.filter(({ at }) => at >= before)));
  }

  /** Keeps these and, of the others, how things stood. */
  #keep(kept: LiveEvent[]): void {
    const those = new Set(kept);
    for (const event of this.#recent) {
      if (STATES.has(event.type) && !those.has(event)) this.#before.set(event.type, event);
    }
    this.#recent = kept;
  }

  /** What was seen of the nodes, then the verdict. */
  #writeRecent(verdict: RunEvent): void {
    this.#writing = this.#writing.then(async () => {
      await this.#observer.lookAtMessages().catch(() => {});
      const seen = [...this.#before.values(), ...lastWords(this.#recent).slice(-MOST_EVENTS)];
      seen.sort((a, b) => a.at - b.at);
      await this.#append(this.#bytes > MOST_BYTES ? [verdict] : [...seen, verdict]);
    });
  }

  #write(events: LiveEvent[]): void {
    this.#writing = this.#writing.then(() => this.#append(events));
  }

  async #append(events: readonly LiveEvent[]): Promise<void> {
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    this.#bytes += text.length;
    // A disk that is full must not end the verify: its verdict does not need the recording.
    await this.#file.appendFile(text).catch(() => {});
  }
}

/** Of a message that was told of several times only the last word. */
function lastWords(events: readonly LiveEvent[]): LiveEvent[] {
  const last = new Map<number, LiveEvent>();
  for (const event of events) if (event.type === 'message') last.set(event.seq, event);
  return events.filter((event) => event.type !== 'message' || last.get(event.seq) === event);
}

/** A file of a name that is free: two runs may begin in one second. */
async function create(workspace: string): Promise<{ id: string; file: FileHandle }> {
  for (let count = 1; ; count++) {
    const id = count === 1 ? dateStamp() : `${dateStamp()}-${count}`;
    try {
      return { id, file: await open(runFile(workspace, id), 'ax') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
