import { availableParallelism, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Slack for an upper bound on time on an idle machine, ms: scheduling, a loopback round trip, a garbage collection. */
const IDLE_SLACK_MS = 250;
/** Nobody waits longer than so many times. */
const MOST_PATIENT = 12;
const SPIN_MS = 4;

/**
 * How slow this machine is at present, so that waiting can be scaled and no correct solution fails for lack of processor time.
 * The environment variable DSC_PATIENCE (a number >= 1) sets a lower bound.
 */
export class Patience {
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  readonly #least = Math.max(1, Number(process.env.DSC_PATIENCE) || 1);
  #slowness = 1;

  constructor() {
    this.#delay.enable();
    this.measure();
  }

  /** 1 on an idle machine of our kind, more on a busy one. */
  get factor(): number {
    return Math.min(MOST_PATIENT, Math.max(this.#least, this.#slowness));
  }

  /** The machine is slower than anybody should wait for: what does not come in time says nothing about the nodes. */
  get isAtItsEnd(): boolean {
    return this.#slowness > MOST_PATIENT;
  }

  /** How late anything may be here without its being the node's fault, ms. */
  get slackMs(): number {
    const late = this.#delay.count > 0 ? this.#delay.percentile(99) / 1e6 - 10 : 0;
    return Math.round(IDLE_SLACK_MS * this.factor + 4 * Math.max(0, late));
  }

  /** Measures again; takes about 12 ms of processor time. */
  measure(): void {
    const load = (loadavg()[0] ?? 0) / availableParallelism();
    const [, middle = 1] = [contention(), contention(), contention()].sort((a, b) => a - b);
    this.#slowness = Math.max(1, load, middle);
  }

  stop(): void {
    this.#delay.disable();
  }
}

/** Wall time over processor time of a short busy loop: 1 when the processor was ours alone, 2 when we had half of it. */
function contention(): number {
  const cpu = process.cpuUsage();
  const began = performance.now();
  while (performance.now() - began < SPIN_MS);
  const used = process.cpuUsage(cpu);
  const usedMs = (used.user + used.system) / 1000;
  return usedMs > 0.5 ? (performance.now() - began) / usedMs : MOST_PATIENT;
}
