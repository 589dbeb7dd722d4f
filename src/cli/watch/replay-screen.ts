import type { LiveEvent, ReplayStep } from '../../live/events.ts';
import { replaySteps } from '../../live/runs.ts';
import type { CheckResult } from '../../verify/verdict.ts';
import type { Context } from '../context.ts';
import { renderTimeline } from '../output/timeline.ts';
import { nodeLines } from './frame.ts';
import { clock, WatchModel } from './model.ts';
import { Screen, type Size } from './screen.ts';
import { cut, systemLines } from './system-lines.ts';

/** A failed check, one row of its timeline after the other, with the nodes as they were seen at that moment. */
export class ReplayScreen {
  readonly #run: string;
  readonly #check: CheckResult;
  readonly #events: readonly LiveEvent[];
  readonly #context: Context;
  readonly #steps: ReplayStep[];
  #step = 0;

  constructor(run: string, check: CheckResult, events: readonly LiveEvent[], context: Context) {
    this.#run = run;
    this.#check = check;
    this.#events = events;
    this.#context = context;
    this.#steps = replaySteps(check);
  }

  /** Ends with a key, or Ctrl-C. */
  run(): Promise<void> {
    return new Screen(this.#context, (size) => this.#frame(size)).run((key) => this.#press(key));
  }

  /** @returns true when it shall end */
  #press(key: string): boolean {
    const last = this.#steps.length - 1;
    if (key === 'q' || key === 'escape') return true;
    if (['right', 'down', 'space', 'n'].includes(key)) this.#step = Math.min(last, this.#step + 1);
    else if (['left', 'up', 'b'].includes(key)) this.#step = Math.max(0, this.#step - 1);
    else if (key === 'home' || key === 'g') this.#step = 0;
    else if (key === 'end' || key === 'w') this.#step = last;
    return false;
  }

  #frame({ width, height }: Size): string[] {
    const { paint } = this.#context;
    const { promise, failure } = this.#check;
    const step = this.#steps[this.#step]!;
    const model = modelAt(this.#events, step.moment);
    const head = [
      paint.red.bold(cut(`✖ ${promise}`, width)),
      paint.dim(
        cut(
          `run ${this.#run} · step ${this.#step + 1} of ${this.#steps.length} · ${clock(step.moment)}`,
          width,
        ),
      ),
      '',
      ...nodeLines(model.nodes, { width, paint }),
      ...(model.view ? systemLines(model.view, width) : []).slice(0, Math.floor(height / 4)),
      '',
    ];
    const foot = [
      cut(this.#step === this.#steps.length - 1 ? `Seen: ${failure!.seen}` : '', width),
      paint.dim(cut('→ next   ← back   g first   w where it went wrong   q quit', width)),
    ];
    const room = Math.max(3, height - head.length - foot.length);
    return [...head, ...this.#timeline(width, room), ...foot];
  }

  /** The rows around the step, which is marked; those to come are faint. */
  #timeline(width: number, room: number): string[] {
    const { paint } = this.#context;
    const { timeline } = this.#check.failure!;
    const lines = renderTimeline(timeline, paint, width - 2);
    const headers = lines.length - timeline.rows.length;
    const shown = Math.max(1, room - headers);
    const from = Math.max(0, Math.min(this.#step - Math.floor(shown / 2), timeline.rows.length - shown));
    const rows = lines.slice(headers + from, headers + from + shown).map((line, index) => {
      const mark = from + index === this.#step ? '▸ ' : '  ';
      return from + index > this.#step ? paint.dim(mark + line) : mark + line;
    });
    const padding = Array.from({ length: Math.max(0, shown - rows.length) }, () => '');
    return [...lines.slice(0, headers).map((line) => `  ${line}`), ...rows, ...padding];
  }
}

/** The cluster as it was seen at that moment, epoch ms. */
function modelAt(events: readonly LiveEvent[], moment: number): WatchModel {
  const model = new WatchModel();
  for (const event of events) if (event.at <= moment) model.take(event);
  return model;
}
