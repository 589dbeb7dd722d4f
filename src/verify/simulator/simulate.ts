import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { moduleExtension } from '../../course/package-root.ts';
import { CoreNotRunnable } from './load-core.ts';
import type { Facts, FoundViolation, SeedResult } from './run-seed.ts';

export interface WorkerData {
  folder: string;
  session: number;
}

/** Seeds to run, both ends included. */
export interface ToWorker {
  first: number;
  last: number;
}

export type FromWorker =
  | { kind: 'idle' }
  | { kind: 'result'; result: SeedResult }
  | { kind: 'not-runnable'; why: string };

export interface SimulateOptions {
  /** The folder with the code: its core is `consensus/core.ts`. */
  folder: string;
  /** 8, 9 or 10: how much of Raft the core has. */
  session: number;
  firstSeed: number;
  runs: number;
  signal: AbortSignal;
  /** Told how many runs are done. */
  onProgress?: (done: number) => void;
  /** Told what the core prints. */
  onOutput?: (text: string) => void;
  /** How long one run may take before its core is taken to be caught in a loop, ms. Default 20,000. */
  patienceMs?: number;
}

export interface Simulation {
  /** Runs that were done: up to the first violation. */
  runs: number;
  ms: number;
  /** Of all runs together; `nodes` and `recoveredIn` are the largest. */
  facts: Facts;
  violation?: FoundViolation & { seed: number };
}

/** The core does not come back from a step. */
export class CoreStuck extends Error {
  readonly seed: number;

  constructor(seed: number) {
    super(`The core does not come back from a step: seed ${seed} does not end.`);
    this.seed = seed;
  }
}

const MOST_WORKERS = 4;
const RANGE = 25;
const PATIENCE_MS = 20_000;

/**
 * Runs a core through many made-up histories, several at once. The violation with the lowest seed is reported, however
 * many workers there are.
 *
 * @throws CoreNotRunnable, CoreStuck, or the signal's reason when it is aborted
 */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  options.signal.throwIfAborted();
  const began = performance.now();
  const count = Math.max(1, Math.min(MOST_WORKERS, availableParallelism(), Math.ceil(options.runs / RANGE)));
  const seeds = new Seeds(options);
  const crew = Array.from({ length: count }, () => new CrewMember(options, seeds));
  try {
    await Promise.all(crew.map((member) => member.finish()));
  } finally {
    await Promise.all(crew.map((member) => member.end()));
  }
  return { ...seeds.summary(), ms: performance.now() - began };
}

/** Hands out seeds, lowest first, and collects what came of them. */
class Seeds {
  readonly #options: SimulateOptions;
  readonly #results: SeedResult[] = [];
  #next: number;
  #end: number;

  constructor(options: SimulateOptions) {
    this.#options = options;
    this.#next = options.firstSeed;
    this.#end = options.firstSeed + options.runs;
  }

  /** undefined when there is nothing left to do. */
  take(): ToWorker | undefined {
    if (this.#next >= this.#end) return undefined;
    const range = { first: this.#next, last: Math.min(this.#next + RANGE, this.#end) - 1 };
    this.#next = range.last + 1;
    return range;
  }

  add(result: SeedResult): void {
    this.#results.push(result);
    if (result.violation) this.#end = Math.min(this.#end, result.seed);
    this.#options.onProgress?.(this.#results.length);
  }

  summary(): Omit<Simulation, 'ms'> {
    const broken = this.#results.filter(({ violation }) => violation).sort((a, b) => a.seed - b.seed)[0];
    const counted = this.#results.filter(({ seed }) => broken === undefined || seed <= broken.seed);
    const violation = broken?.violation && { ...broken.violation, seed: broken.seed };
    return { runs: counted.length, facts: sum(counted), ...(violation && { violation }) };
  }
}

function sum(results: readonly SeedResult[]): Facts {
  const total: Facts = {
    nodes: 0,
    steps: 0,
    elections: 0,
    crashes: 0,
    committed: 0,
    reads: 0,
    recoveredIn: 0,
  };
  for (const { facts } of results) {
    for (const name of ['steps', 'elections', 'crashes', 'committed', 'reads'] as const)
      total[name] += facts[name];
    total.nodes = Math.max(total.nodes, facts.nodes);
    total.recoveredIn = Math.max(total.recoveredIn, facts.recoveredIn);
  }
  return total;
}

/** One worker, and the watch over it. */
class CrewMember {
  readonly #worker: Worker;
  readonly #done = Promise.withResolvers<void>();
  readonly #seeds: Seeds;
  readonly #patienceMs: number;
  readonly #signal: AbortSignal;
  readonly #abort = () => this.#done.reject(this.#signal.reason);
  #watch: NodeJS.Timeout | undefined;
  #seed = 0;

  constructor(
    { folder, session, signal, onOutput, patienceMs = PATIENCE_MS }: SimulateOptions,
    seeds: Seeds,
  ) {
    this.#seeds = seeds;
    this.#patienceMs = patienceMs;
    this.#signal = signal;
    this.#worker = new Worker(new URL(`./worker${moduleExtension}`, import.meta.url), {
      workerData: { folder, session } satisfies WorkerData,
      stdout: true,
      stderr: true,
    });
    this.#worker.stdout.on('data', (text) => onOutput?.(String(text)));
    this.#worker.stderr.on('data', (text) => onOutput?.(String(text)));
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error) => this.#done.reject(error));
    signal.addEventListener('abort', this.#abort);
    this.#watchOver();
  }

  finish(): Promise<void> {
    return this.#done.promise;
  }

  async end(): Promise<void> {
    clearTimeout(this.#watch);
    this.#signal.removeEventListener('abort', this.#abort);
    this.#done.promise.catch(() => {});
    await this.#worker.terminate();
  }

  #hear(message: FromWorker): void {
    this.#watchOver();
    if (message.kind === 'not-runnable') this.#done.reject(new CoreNotRunnable(message.why));
    else if (message.kind === 'idle') this.#giveWork();
    else {
      this.#seeds.add(message.result);
      this.#seed = message.result.seed + 1;
    }
  }

  #giveWork(): void {
    const range = this.#seeds.take();
    if (range === undefined) {
      this.#done.resolve();
      return;
    }
    this.#seed = range.first;
    this.#worker.postMessage(range satisfies ToWorker);
  }

  #watchOver(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#done.reject(new CoreStuck(this.#seed)), this.#patienceMs);
  }
}
