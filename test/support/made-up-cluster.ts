import type { Live, LiveEvent } from '../../src/book/live/live.ts';

export type SystemKind = 'messages' | 'queue' | 'ring' | 'replicas' | 'chat' | 'raft';

/** A cluster that tells what a test wants the panel to be told. */
export class MadeUpCluster implements Live {
  readonly acts: { do: string; args: string[] }[] = [];
  readonly recorded = new Map<string, LiveEvent[]>();
  readonly #watchers = new Set<(event: LiveEvent) => void>();
  #present: LiveEvent[] = [];

  watch(tell: (event: LiveEvent) => void, signal: AbortSignal): void {
    this.#watchers.add(tell);
    signal.addEventListener('abort', () => this.#watchers.delete(tell));
    for (const event of this.#present) tell(event);
  }

  async act(action: { do: string; args: string[] }): Promise<string> {
    this.acts.push(action);
    return `${action.do} ${action.args.join(' ')} was done.`;
  }

  async runs(): Promise<unknown[]> {
    return [...this.recorded.keys()].map((id) => ({ id }));
  }

  async run(id: string): Promise<LiveEvent[] | undefined> {
    return this.recorded.get(id);
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
