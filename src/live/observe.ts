import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stateFolder } from '../course/workspace.ts';
import type { LiveEvent } from './events.ts';
import { GrowingRun, readRunFile, runFile, runIds } from './run-file.ts';
import { LOOK_EVERY_MS, type Observed, StackObserver } from './stack-observer.ts';

/** Nodes that were started by hand leave no record: the engine is asked for them, and that costs more, ms. */
const ASK_ENGINE_EVERY_MS = 5_000;

/** The run of a verify that was killed is not waited for: nothing was written for so long, ms. */
const RUN_SILENT_MS = 150_000;

export interface ObserveWorkspaceOptions {
  workspace: string;
  /** What runs in the workspace now; undefined when nothing does. */
  find: () => Promise<Observed | undefined>;
  /** Between two looks, ms; default 400. */
  intervalMs?: number | undefined;
  /** At each look, of the messages; default 400. */
  mostMessages?: number;
}

/**
 * Tells what is to be seen in a workspace until the signal aborts: of the nodes that run, found again whenever they are
 * started and stopped, and of the verify that goes on, by whichever dsc.
 */
export async function observe(
  options: ObserveWorkspaceOptions,
  tell: (event: LiveEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const runs = new RunWatch(options.workspace, tell);
  const stacks = new StackWatch(options, () => runs.goesOn(), tell, signal);
  const intervalMs = options.intervalMs ?? LOOK_EVERY_MS;
  while (!signal.aborted) {
    // A folder that is being written, an engine that is busy: it is looked at again.
    await Promise.all([stacks.look().catch(() => {}), runs.look().catch(() => {})]);
    await pause(intervalMs, undefined, { signal }).catch(() => {});
  }
  await stacks.end();
}

/** Notices when a stack comes, goes, or is another one. */
class StackWatch {
  readonly #options: ObserveWorkspaceOptions;
  readonly #verifying: () => Promise<boolean>;
  readonly #tell: (event: LiveEvent) => void;
  readonly #signal: AbortSignal;
  #record: string | undefined;
  #askedEngineAt = Number.NEGATIVE_INFINITY;
  /** What tells the stack that is being observed from others; undefined before the first look. */
  #identity: string | undefined;
  #observing: { stop: AbortController; ended: Promise<void> } | undefined;

  constructor(
    options: ObserveWorkspaceOptions,
    verifying: () => Promise<boolean>,
    tell: (event: LiveEvent) => void,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#verifying = verifying;
    this.#tell = tell;
    this.#signal = signal;
  }

  async look(): Promise<void> {
    if (!(await this.#mayHaveChanged())) return;
    const found = await this.#options.find();
    const identity = found ? identityOf(found) : 'nothing';
    if (identity === this.#identity) return;
    await this.end();
    this.#identity = identity;
    if (!found) return this.#tell({ type: 'cluster', at: Date.now(), cluster: null });
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#signal]);
    const { intervalMs, mostMessages } = this.#options;
    const pace = {
      ...(intervalMs !== undefined && { intervalMs }),
      ...(mostMessages !== undefined && { mostMessages }),
    };
    const observer = new StackObserver(found, this.#tell, signal, { ...pace, verifying: this.#verifying });
    this.#observing = { stop, ended: observer.run() };
  }

  async end(): Promise<void> {
    this.#observing?.stop.abort();
    await this.#observing?.ended;
    this.#observing = undefined;
  }

  /** The record says so; where there is none, the engine is asked now and then. */
  async #mayHaveChanged(): Promise<boolean> {
    const file = join(stateFolder(this.#options.workspace), 'stack.json');
    const record = await readFile(file, 'utf8').catch(() => undefined);
    if (record !== this.#record) {
      this.#record = record;
      return true;
    }
    if (record !== undefined) return false;
    const now = performance.now();
    if (now - this.#askedEngineAt < ASK_ENGINE_EVERY_MS) return false;
    this.#askedEngineAt = now;
    return true;
  }
}

function identityOf({ stack, lesson }: Observed): string {
  return JSON.stringify([lesson.number, stack.project, stack.placement.control, stack.placement.nodes]);
}

/** Tells what a verify tells, from its recording. */
class RunWatch {
  readonly #workspace: string;
  readonly #tell: (event: LiveEvent) => void;
  /** The newest run that was there; undefined before the first look. */
  #newest: string | null | undefined;
  #run: GrowingRun | undefined;
  #heardAt = 0;
  #looked: Promise<void> = Promise.resolve();

  constructor(workspace: string, tell: (event: LiveEvent) => void) {
    this.#workspace = workspace;
    this.#tell = tell;
  }

  /** Whether a verify goes on at this very moment. */
  async goesOn(): Promise<boolean> {
    await this.look().catch(() => {});
    return this.#run !== undefined;
  }

  /** One look after the other: nothing is told twice. */
  look(): Promise<void> {
    const look = () => this.#look();
    this.#looked = this.#looked.then(look, look);
    return this.#looked;
  }

  async #look(): Promise<void> {
    await this.#tellNext();
    const newest = (await runIds(this.#workspace))[0] ?? null;
    if (newest === this.#newest) return;
    const first = this.#newest === undefined;
    this.#newest = newest;
    // At the beginning only a run that still goes on is of interest.
    if (newest === null || (first && !(await this.#isUnfinished(newest)))) return;
    this.#run = new GrowingRun(this.#workspace, newest);
    this.#heardAt = performance.now();
    await this.#tellNext();
  }

  async #tellNext(): Promise<void> {
    const events = (await this.#run?.next()) ?? [];
    if (events.length > 0) this.#heardAt = performance.now();
    else if (this.#run && performance.now() - this.#heardAt > RUN_SILENT_MS) this.#run = undefined;
    for (const event of events) {
      if (event.type !== 'verify' && event.type !== 'note') continue;
      this.#tell(event);
      if (endsRun(event)) this.#run = undefined;
    }
  }

  async #isUnfinished(id: string): Promise<boolean> {
    const { mtimeMs } = await stat(runFile(this.#workspace, id));
    if (Date.now() - mtimeMs > RUN_SILENT_MS) return false;
    const events = (await readRunFile(this.#workspace, id)) ?? [];
    return !events.some(endsRun);
  }
}

function endsRun(event: LiveEvent): boolean {
  return event.type === 'verify' && ['finished', 'ended'].includes(event.event.type);
}
