import type { LiveEvent } from './events.ts';

const STATES = ['cluster', 'nodes', 'faults', 'system'] as const;

/** The last word on each state, and what the last verify has told: what somebody who comes later must be told first. */
export class Latest {
  #states = new Map<string, LiveEvent>();
  #run: LiveEvent[] = [];

  take(event: LiveEvent): void {
    if (event.type === 'cluster') this.#states.clear();
    if ((STATES as readonly string[]).includes(event.type)) this.#states.set(event.type, event);
    if (event.type !== 'verify') return;
    if (event.event.type === 'started') this.#run = [];
    this.#run.push(event);
  }

  events(): LiveEvent[] {
    const states = STATES.flatMap((type) => this.#states.get(type) ?? []);
    return [...states, ...this.#run];
  }
}
