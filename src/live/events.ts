import type { VerifyEvent } from '../verify/runner.ts';
import type { TimelineRow } from '../verify/timeline.ts';
import type { SystemView } from './view.ts';

/**
 * What there is to see of a cluster, as plain JSON: the same events for `dsc watch`, for the panel beside the book, and
 * in the record of a verify. Those that tell a state are whole: the last one counts, and any may be left out. `message`
 * comes again, with the same `seq`, when more is known of it.
 */
export type LiveEvent =
  | ClusterEvent
  | NodesEvent
  | FaultsEvent
  | SystemEvent
  | MessageEvent
  | LogEvent
  | NoteEvent
  | LeftOutEvent
  | RunEvent;

interface Moment {
  /** Epoch ms. */
  at: number;
}

/** State: what runs in this workspace; null when nothing does. */
export interface ClusterEvent extends Moment {
  type: 'cluster';
  cluster: Cluster | null;
}

export interface Cluster {
  session: number;
  title: string;
  /** The folder of the code: `messaging`, `workqueue`, `store`, `chat`, `consensus`. */
  system: string;
  runtime: 'docker' | 'process';
  /** Compose project. */
  project: string;
  /** Names of the nodes, in the order of the Compose file. */
  services: string[];
  /** Of each service in turn. */
  languages: string[];
  /** Whether links can be broken and messages be seen: false for nodes that were started by hand. */
  wired: boolean;
}

/** State: all nodes, in the order of the Compose file. */
export interface NodesEvent extends Moment {
  type: 'nodes';
  nodes: NodeView[];
}

export interface NodeView {
  name: string;
  url: string;
  language: string;
  status: 'running' | 'paused' | 'exited' | 'absent';
  /** For `exited`; null when a signal ended it. */
  exitCode?: number | null;
  /** Whether GET /health was answered just now; false unless it runs. */
  answers: boolean;
  /** What /health says, where it says so. */
  role?: string;
  term?: number;
  leader?: string | null;
  /** The other fields of /health in words: `commitIndex 12`. */
  more: string[];
}

/** State: the ledger of faults, oldest first. */
export interface FaultsEvent extends Moment {
  type: 'faults';
  faults: { at: number; what: string }[];
}

/** State: what matters to this system. */
export interface SystemEvent extends Moment {
  type: 'system';
  view: SystemView;
}

/** A message between two nodes, as the wire saw it; `at` is when it was sent. */
export interface MessageEvent extends Moment {
  type: 'message';
  /** The wire's number for it: with the same one it is told again when more is known. */
  seq: number;
  from: string;
  to: string;
  method: string;
  path: string;
  /** In words, as in a timeline: `POST /raft type=RequestVote term=2`. */
  label: string;
  /** Epoch ms; null: it has not come about. */
  sentAt: number;
  deliveredAt: number | null;
  answeredAt: number | null;
  returnedAt: number | null;
  status: number | null;
  /** The wire's word: waiting, answered, request-lost, answer-lost, reset, unreachable, abandoned. */
  outcome: string;
  /** What the wire did to it: `cut`, `delayed 120 ms`. */
  faults: string[];
  /** Whether it is what goes on all the time, such as heartbeats. */
  routine: boolean;
}

/** A line that a node printed; trace lines in words. */
export interface LogEvent extends Moment {
  type: 'log';
  node: string;
  text: string;
  /** For a trace line its event: send, recv, timeout, state, apply, deliver. */
  trace?: string;
}

/** What a check does, as it happens: a fault that it injects, or a note of its own. */
export interface NoteEvent extends Moment {
  type: 'note';
  kind: 'fault' | 'note';
  node?: string;
  text: string;
}

/** So many messages were not looked at, because there were too many. */
export interface LeftOutEvent extends Moment {
  type: 'left-out';
  messages: number;
}

/** What a run of `dsc verify` told. */
export interface RunEvent extends Moment {
  type: 'verify';
  /** The run's id, as `dsc replay` takes it. */
  run: string;
  /** `ended`: it was interrupted, and nothing more is told. */
  event: VerifyEvent | { type: 'ended' };
}

/** A moment of a failed check: a row of its timeline with the wall clock's time. */
export interface ReplayStep extends TimelineRow {
  /** Epoch ms: what the live events of the run have as `at`. */
  moment: number;
}
