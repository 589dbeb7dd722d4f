import type { LiveAction, LiveCluster, RecordedCheck } from '../../src/book/panel/live-cluster.ts';
import { UserError } from '../../src/course/user-error.ts';
import type { LiveEvent } from '../../src/live/events.ts';

/** A cluster that tells what a test wants to be told, and does nothing. */
export class MadeUpCluster implements LiveCluster {
  readonly acts: LiveAction[] = [];
  readonly #watchers = new Set<(event: LiveEvent) => void>();
  #present: LiveEvent[] = [];
  /** What a recorded run is asked for. */
  recording: RecordedCheck | undefined;

  get watching(): number {
    return this.#watchers.size;
  }

  watch(tell: (event: LiveEvent) => void, signal: AbortSignal): void {
    this.#watchers.add(tell);
    signal.addEventListener('abort', () => this.#watchers.delete(tell));
    for (const event of this.#present) tell(event);
  }

  async act(action: LiveAction): Promise<string> {
    if (action.do === 'explode') throw new UserError('No such fault.', { code: 'x', why: 'So it is.' });
    this.acts.push(action);
    return `${action.args[0]} was killed.`;
  }

  async runs(): Promise<[]> {
    return [];
  }

  async recorded(run: string): Promise<RecordedCheck | undefined> {
    return run === 'one' ? this.recording : undefined;
  }

  /** What who comes later is told first. */
  begin(events: LiveEvent[]): void {
    this.#present = events;
    for (const event of events) this.tell(event);
  }

  tell(event: LiveEvent): void {
    for (const tell of this.#watchers) tell(event);
  }
}
