import type { ComposeModel, Service } from './compose/model.ts';

export type RuntimeName = 'docker' | 'process';

/** Told about each step of long work, in a few words ("building the node image"). */
export type Report = (step: string) => void;

/**
 * A directed link between two services, as the Compose file's environment names it: `from` reaches `to`
 * by a URL. In a running stack that URL points at a listener of the wire.
 */
export interface Link {
  from: string;
  to: string;
  /** Where the wire forwards to, as the wire sees it, e.g. `http://node2:8080`. */
  target: string;
  /** Where the wire listens, as the wire sees it. */
  listenHost: string;
  listenPort: number;
  /** What `from` is given instead of the direct URL, e.g. `http://wire:7001`. */
  url: string;
}

/** Where everything of a stack is, decided before anything is started. Plain JSON: kept between commands. */
export interface Placement {
  /** For each service its URL as seen by dsc itself, e.g. `http://127.0.0.1:8081`. */
  nodes: Record<string, string>;
  links: Link[];
  /** Absent for a stack that was started by hand: its links are direct. */
  control?: {
    /** The wire's control API as dsc sees it. */
    url: string;
    listenHost: string;
    listenPort: number;
    /** Sent as `Authorization: Bearer <token>`. */
    token: string;
  };
  /** Published ports that were taken and so were moved: service, the port asked for, the port given. */
  moved: { service: string; wanted: number; got: number }[];
}

export type NodeState =
  | { status: 'running' | 'paused' }
  | { status: 'exited'; exitCode: number | null; signal: string | null }
  | { status: 'absent' };

export interface LogLine {
  node: string;
  /** Epoch ms at which dsc or the engine received the line; null where it is not known. */
  at: number | null;
  text: string;
}

export interface LogOptions {
  follow?: boolean;
  signal?: AbortSignal;
  /** Lines. */
  tail?: number;
}

/**
 * What runs the services of a stack. Two implementations, which checks, chaos, logs and status cannot
 * tell apart: Docker containers and local processes. All state lives in the engine (labels) or in files
 * under the stack's home, so that every operation works from a later dsc command.
 * Methods take service names. Acting on a node already in the wanted state is not an error.
 */
export interface Runtime {
  readonly name: RuntimeName;

  /** Builds images or finds interpreters. Throws UserError when it cannot. */
  prepare(model: ComposeModel, report: Report): Promise<void>;

  /** Decides hosts and ports for every service, link and the wire. `links` comes with from and to only. */
  place(model: ComposeModel, links: { from: string; to: string; port: number }[]): Promise<Placement>;

  /** Starts the wire (idempotent) and returns when its control API answers. */
  startWire(model: ComposeModel, placement: Placement): Promise<void>;

  /**
   * Starts one service with exactly this definition (its environment is final), replacing a container or
   * process of the same name. The data volume is kept. Returns when the process has been started,
   * not when it answers.
   */
  start(model: ComposeModel, service: Service, placement: Placement): Promise<void>;

  /** SIGKILL. A paused node dies too. */
  kill(service: string): Promise<void>;
  /** SIGTERM; resolves when the node has ended, at most `graceMs` later (then SIGKILL). `ms` is how long it took. */
  terminate(service: string, graceMs: number): Promise<{ exitCode: number | null; ms: number }>;
  pause(service: string): Promise<void>;
  resume(service: string): Promise<void>;

  /**
   * Leaves the service this share (0..1) of one processor; 1 takes the limit away.
   * Throws UserError `needs-containers` where that cannot be done.
   */
  slow(service: string, share: number): Promise<void>;

  state(service: string): Promise<NodeState>;
  states(): Promise<Record<string, NodeState>>;

  /**
   * The node's output, oldest first, across restarts of the current stack.
   * With `follow` it goes on until the signal aborts, also across restarts; with `tail` it begins with about so many of
   * the last lines.
   */
  logs(service: string, options: LogOptions): AsyncIterable<LogLine>;

  /** Files of the node's DATA_DIR by relative path. The node must not be running. */
  readData(service: string): Promise<Map<string, Buffer>>;
  /** Overwrites one file of DATA_DIR. The node must not be running. */
  writeData(service: string, path: string, content: Buffer): Promise<void>;
  /** Empties DATA_DIR. The node must not be running. */
  wipeData(service: string): Promise<void>;

  /** Removes nodes, wire, networks and volumes of this stack; with `keepData` the volumes stay. */
  remove(options: { keepData?: boolean }): Promise<void>;
}
