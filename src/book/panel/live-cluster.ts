import type { LiveEvent, ReplayStep } from '../../live/events.ts';
import type { RunSummary } from '../../live/runs.ts';
import type { CheckResult } from '../../verify/verdict.ts';

/** What the panel may do: a fault as `dsc chaos` knows it, or `verify`. */
export interface LiveAction {
  do: string;
  args: string[];
}

/** A check of a recorded run: its result, the rows of its timeline in time, and what was seen of the nodes. */
export interface RecordedCheck {
  check: CheckResult;
  steps: ReplayStep[];
  events: LiveEvent[];
}

/** The cluster beside the book: what the server shows of it and does to it. Made by the command that serves the book. */
export interface LiveCluster {
  /** Tells how the cluster is, then whatever happens to it, until the signal aborts. */
  watch(tell: (event: LiveEvent) => void, signal: AbortSignal): void;
  /**
   * Does what the same command in a terminal does.
   * @returns what was done, in a sentence
   * @throws UserError when it cannot be done
   */
  act(action: LiveAction): Promise<string>;
  /** The recorded runs of `dsc verify`, newest first. */
  runs(): Promise<RunSummary[]>;
  /**
   * A check of a recorded run.
   * @param check its id; the first that did not pass where none is named
   * @returns undefined when there is none of that name
   */
  recorded(run: string, check?: string): Promise<RecordedCheck | undefined>;
}
