import type { Trap, WireMessage } from '../stack/wire/protocol.ts';

/** What a node answered. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Parsed JSON, or the text where it is not JSON, or null where there is none. */
  body: any;
  /** From sending the request to the whole body, ms. */
  ms: number;
}

/** No whole answer came. Only `refused` says that nothing happened; anything else means "maybe". */
export interface Silence {
  kind: 'refused' | 'timeout' | 'broken';
  ms: number;
}

export interface CallOptions {
  /** Default: patience(5000) ms. */
  timeoutMs?: number;
  headers?: Record<string, string>;
  /** Sent as it is instead of a JSON body. */
  raw?: string | Buffer;
}

/** One live node, as a client sees it: never through the wire. */
export interface NodeClient {
  readonly name: string;
  readonly url: string;
  /** The answer; when none comes the promise is broken and the evidence says how. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Like call, but silence is a result. Exactly one of `answer` and `silence` is set. */
  try(
    method: string,
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<{ answer: Answer; silence?: never } | { answer?: never; silence: Silence }>;
}

/** A frame that a node sent. */
export interface Frame {
  /** Epoch ms at which it was read. */
  at: number;
  /** Parsed JSON, or the text where it is not JSON. */
  body: any;
}

/** How a line ended, as the client saw it. */
export interface Ending {
  /** Epoch ms. */
  at: number;
  /** RFC 6455, section 7.4; 1006 when it broke without a goodbye. */
  code: number;
  reason: string;
}

export interface ConnectOptions {
  /** The client's, as the timeline shows it. */
  name: string;
  /** Says a frame in a few words, for the timeline. */
  label: (body: any) => string;
}

/** A client's WebSocket to one live node: never through the wire. Whatever passes it is kept for the timeline. */
export interface Line {
  /** The client's, as the timeline shows it. */
  readonly name: string;
  readonly node: string;
  readonly isOpen: boolean;
  /** What came, oldest first. */
  readonly frames: readonly Frame[];
  readonly ended: Ending | undefined;
  /** Sends JSON in a text frame. Where the line is not open any more nothing happens. */
  send(frame: unknown): void;
  /** Sends a text (string) or binary (Buffer) frame as it is; `what` names it in the timeline. */
  sendRaw(data: string | Buffer, what: string): void;
  /** Sends the first half of a frame of at most 64 KiB and breaks the connection. */
  cutInMidFrame(frame: unknown): void;
  /** Reads nothing more: what the node sends stays in the network, until that takes no more. */
  pauseReading(): void;
  resumeReading(): void;
  /** Breaks the connection without a goodbye. */
  cut(): void;
  /** Says goodbye. */
  close(): void;
}

/** Faults on the live nodes. Each is in the ledger before it happens and undone after the check. */
export interface Faults {
  kill(node: string): Promise<void>;
  /** Kills it if it runs, starts it and waits until /health answers. `wipe` empties its DATA_DIR in between. */
  restart(node: string, options?: { wipe?: boolean; settings?: Record<string, string> }): Promise<void>;
  pause(node: string): Promise<void>;
  resume(node: string): Promise<void>;
  /** Nothing passes in either direction between this node and all others. */
  isolate(node: string): Promise<void>;
  /** Groups that cannot reach each other. */
  partition(groups: string[][]): Promise<void>;
  /** One direction only. */
  cut(from: string, to: string): Promise<void>;
  /** Of every message to and from the node (or from one to the other), this share 0..1 is lost. */
  loss(share: number, from: string, to?: string): Promise<void>;
  /** Every message to and from the node takes this much longer. */
  delay(ms: number, from: string, to?: string): Promise<void>;
  /** Undoes everything: links whole, paused nodes resumed. Killed nodes stay dead until restarted. */
  heal(): Promise<void>;
}

export interface PuppetAnswer {
  status: number;
  body: unknown;
}

export type PuppetHandler = (
  message: WireMessage,
) => PuppetAnswer | undefined | Promise<PuppetAnswer | undefined>;

/** Single messages between nodes. */
export interface WireView {
  /** Catches messages; everything it holds is released after the check. */
  trap(trap: Trap): Promise<{
    /** The messages caught so far. */
    caught(): Promise<WireMessage[]>;
    /** Lets go of what it holds. */
    release(): Promise<void>;
    remove(): Promise<void>;
  }>;
  /** Messages since the check began, oldest first. */
  messages(filter?: { from?: string; to?: string; path?: string }): Promise<WireMessage[]>;
  /**
   * Plays `to` for the callers whose messages a `puppet` trap caught, until the check ends. The handler may take its time
   * (a promise), and others are answered meanwhile; undefined is silence.
   */
  answerAs(to: string, handler: PuppetHandler): void;
}

export interface Broken {
  /** What the promise says should have happened, with this run's values. */
  expected: string;
  /** What happened instead. */
  seen: string;
  /** Rows that prove it: requests, answers, states. At most twelve are shown. */
  evidence?: string[];
}

/** What a check works with. One for each run of a check; everything it changed is undone afterwards. */
export interface Trial {
  node(name: string): NodeClient;
  /** Opens a WebSocket; when it does not open the promise is broken. It is cut when the check ends. */
  connect(node: string, path: string, options: ConnectOptions): Promise<Line>;
  /** Like connect, but undefined when it does not open. */
  tryConnect(node: string, path: string, options: ConnectOptions): Promise<Line | undefined>;
  readonly services: readonly string[];
  readonly faults: Faults;
  readonly wire: WireView;

  /** Ends the check: the promise is broken. */
  broken(how: Broken): never;
  /** Breaks the promise unless the condition holds. */
  expect(condition: boolean, how: Broken | (() => Broken)): asserts condition;
  /** The answer's status must be one of these; `what` names the request in a learner's words. */
  expectStatus(answer: Answer, statuses: number | number[], what: string): void;
  /** Deep equality of JSON values. */
  expectEqual(actual: unknown, expected: unknown, what: string): void;
  /**
   * Polls until the probe gives something other than undefined, null or false, and returns that.
   * After `withinMs` (scaled by the machine's patience) the promise is broken. Errors thrown by the probe end it.
   */
  eventually<T>(
    what: string,
    probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
    options?: { withinMs?: number; seen?: () => string },
  ): Promise<T>;
  /** For as long as `forMs` (not scaled) the probe must not report a breach. */
  holds(what: string, probe: () => Promise<Broken | undefined>, options: { forMs: number }): Promise<void>;
  /** Waits for a given span because the protocol under test is about that span (a lease, a backoff). */
  elapse(ms: number): Promise<void>;

  /** The situation never came about: not the learner's failure. `next` says what to do. */
  inconclusive(why: string, next: string): never;

  /** A fact of this run, shown when the check passes: "node2 was asked 4 times in 812 ms". */
  fact(text: string): void;
  /** A line of evidence shown if the check fails later, in order, with its time. */
  note(text: string): void;

  /** A number of ms meant for an idle machine, scaled to this one. For liveness only, never for safety. */
  patience(ms: number): number;
  /** How late this machine is at present, in ms: the slack an upper bound on time needs. */
  readonly slackMs: number;
  /** Unique in this run: `unique('task')` -> `task-7f3a-12`. */
  unique(prefix: string): string;
  /** Seeded: 0 <= x < 1. */
  random(): number;

  /** A stopped node's files, for checks about storage. */
  readData(node: string): Promise<Map<string, Buffer>>;
  writeData(node: string, path: string, content: Buffer): Promise<void>;
  /** SIGTERM: how it ended and how long that took. */
  terminate(node: string): Promise<{ exitCode: number | null; ms: number }>;
  /** What the node has printed since the check began. */
  output(node: string): Promise<string[]>;
}

/** One promise of the contract and how to find out whether the live nodes keep it. */
export interface Check {
  /** Kebab case, unique in its session. */
  id: string;
  /** One line in the learner's words: what the system promises. */
  promise: string;
  /** A nudge, then where to look. */
  hints: readonly [string, string];
  /** Page and heading of the book: `fundamentals/02-message-passing.md#retry-with-the-same-id`. */
  chapter: string;
  /** The services of the stack that run during the check. All others are stopped. */
  services: readonly string[];
  /** Environment that differs from the Compose file, for all these services: timings made shorter. */
  settings?: Readonly<Record<string, string>>;
  /** Nodes are restarted with empty data first. Default false: reuse the running ones where services and settings fit. */
  fresh?: boolean;
  /** Why the check stands although no mutant needs it. */
  stands?: string;
  run(trial: Trial): Promise<void>;
}
