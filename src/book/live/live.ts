/** Something that happened to the cluster, or how it is now; plain JSON. */
export interface LiveEvent {
  type: string;
  /** Epoch ms. */
  at: number;
}

/** What the panel may do: a fault as `dsc chaos` knows it, or `verify`. */
export interface LiveAction {
  do: string;
  args: string[];
}

/** The cluster beside the book: what the server shows of it and does to it. Made by the command that serves the book. */
export interface Live {
  /** Tells how the cluster is, then whatever happens to it, until the signal aborts. */
  watch(tell: (event: LiveEvent) => void, signal: AbortSignal): void;
  /**
   * Does what the same command in a terminal does.
   * @returns what was done, in a sentence
   * @throws UserError when it cannot be done
   */
  act(action: LiveAction): Promise<string>;
  /** The recorded runs of `dsc verify`, newest first. */
  runs(): Promise<unknown[]>;
  /** What happened in a recorded run; undefined when there is none of that name. */
  run(id: string): Promise<LiveEvent[] | undefined>;
}
