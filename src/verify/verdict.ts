import type { Broken } from './check.ts';
import type { Timeline } from './timeline.ts';

/**
 * `fail`: a promise was broken, and the evidence is shown. `inconclusive`: the situation never came about.
 * `environment`: the machine or its engine, never the learner's code.
 */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'environment';

/** Thrown inside a check when the nodes broke the promise. */
export class PromiseBroken extends Error {
  readonly how: Broken;

  constructor(how: Broken) {
    super(`expected ${how.expected}; seen ${how.seen}`);
    this.name = 'PromiseBroken';
    this.how = how;
  }
}

/** What a promise was waited for did not come in time. A machine that is busy enough breaks it as well as the nodes do. */
export class TooLate extends PromiseBroken {}

/** Thrown inside a check when the situation it needs did not come about. */
export class Inconclusive extends Error {
  readonly next: string;

  constructor(why: string, next: string) {
    super(why);
    this.name = 'Inconclusive';
    this.next = next;
  }
}

/** What still waits when a check is over is told so. */
export class CheckEnded extends Error {
  constructor() {
    super('the check has ended');
    this.name = 'CheckEnded';
  }
}

export interface Failure extends Required<Broken> {
  timeline: Timeline;
  /** Epoch ms at which the timeline's times begin. */
  began: number;
  /** The last lines the nodes printed during the check, with the node's name in front. */
  output: string[];
  /** The exercise that is not written yet, when that is the cause. */
  unwritten?: { exercise: string; title: string; file: string };
}

export interface CheckResult {
  id: string;
  promise: string;
  chapter: string;
  verdict: Verdict;
  ms: number;
  /** More than 1 when the check was inconclusive before. */
  attempts: number;
  /** What this run showed; for a pass. */
  facts: string[];
  failure?: Failure;
  /** For inconclusive and environment: why, and what to do. */
  problem?: { why: string; next: string };
  hint: string;
}

export interface VerifyResult {
  session: number;
  title: string;
  runtime: string;
  languages: string[];
  seed: number;
  verdict: Verdict;
  ms: number;
  /** By how much waiting was stretched because this machine is busy or slow; 1 is an idle one. */
  patience: number;
  results: CheckResult[];
  /** Checks that were not run because an earlier one did not pass. */
  notRun: { id: string; promise: string }[];
}

/** The verdict of a whole run: a broken promise outweighs all, then the environment, then the inconclusive. */
export function overall(results: readonly { verdict: Verdict }[]): Verdict {
  const order: Verdict[] = ['fail', 'environment', 'inconclusive', 'pass'];
  return order.find((verdict) => results.some((result) => result.verdict === verdict)) ?? 'inconclusive';
}
