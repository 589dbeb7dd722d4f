import type { Lesson } from '../course/lesson.ts';
import { UserError } from '../course/user-error.ts';
import { NodeDidNotStart } from '../stack/node-did-not-start.ts';
import type { Stack } from '../stack/stack.ts';
import type { Check } from './check.ts';
import { explain } from './explain.ts';
import { Patience } from './patience.ts';
import { seededRandom } from './random.ts';
import { LiveTrial } from './trial.ts';
import {
  CheckEnded,
  type CheckResult,
  Inconclusive,
  overall,
  PromiseBroken,
  TooLate,
  type VerifyResult,
} from './verdict.ts';

/** A check that takes longer than this on an idle machine has hung, ms. */
const CHECK_DEADLINE_MS = 60_000;
const MOST_ATTEMPTS = 2;

export type VerifyEvent =
  | {
      type: 'started';
      session: number;
      runtime: string;
      seed: number;
      checks: { id: string; promise: string }[];
    }
  | { type: 'check-started'; id: string; promise: string }
  | { type: 'check-finished'; result: CheckResult }
  /** What a check does to the nodes, or notes, as it happens; `at` in epoch ms. */
  | { type: 'noted'; at: number; kind: 'fault' | 'note'; node?: string; text: string }
  | { type: 'finished'; result: VerifyResult };

export interface VerifyOptions {
  lesson: Lesson;
  checks: readonly Check[];
  stack: Stack;
  languages: string[];
  seed: number;
  /** Go on after the first check that does not pass. */
  all: boolean;
  /** For a failure's explanation: where each language's code is, by absolute path. */
  codeFolders: readonly string[];
  onEvent: (event: VerifyEvent) => void;
  signal: AbortSignal;
}

/**
 * Runs the checks, in order, against the live nodes. Whatever a check did to the stack is undone before the next.
 * Every check starts from the seed and its own id alone, so `--only` repeats exactly what a whole run did.
 * @returns the verdicts with their evidence
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const { lesson, checks, stack, seed } = options;
  const began = performance.now();
  const patience = new Patience();
  const results: CheckResult[] = [];
  options.onEvent({
    type: 'started',
    session: lesson.number,
    runtime: stack.runtimeName,
    seed,
    checks: checks.map(({ id, promise }) => ({ id, promise })),
  });
  process.on('unhandledRejection', forgetLateVerdict);
  let first = true;
  try {
    for (const check of checks) {
      options.signal.throwIfAborted();
      options.onEvent({ type: 'check-started', id: check.id, promise: check.promise });
      const result = await runCheck(check, options, patience, first);
      first = false;
      results.push(result);
      options.onEvent({ type: 'check-finished', result });
      const hopeless = result.verdict === 'environment';
      if (hopeless || (result.verdict !== 'pass' && !options.all)) break;
    }
  } finally {
    process.off('unhandledRejection', forgetLateVerdict);
    patience.stop();
  }
  const result: VerifyResult = {
    session: lesson.number,
    title: lesson.title,
    runtime: stack.runtimeName,
    languages: options.languages,
    seed,
    verdict: overall(results),
    ms: performance.now() - began,
    patience: patience.factor,
    results,
    notRun: checks.slice(results.length).map(({ id, promise }) => ({ id, promise })),
  };
  options.onEvent({ type: 'finished', result });
  return result;
}

/** Only an inconclusive check is tried again; a broken promise is final. */
async function runCheck(
  check: Check,
  options: VerifyOptions,
  patience: Patience,
  first: boolean,
): Promise<CheckResult> {
  const began = performance.now();
  for (let attempt = 1; ; attempt++) {
    patience.measure();
    const outcome = await attemptCheck(check, options, patience, first || attempt > 1);
    if (outcome.verdict === 'inconclusive' && attempt < MOST_ATTEMPTS) continue;
    return {
      id: check.id,
      promise: check.promise,
      chapter: check.chapter,
      hint: check.hints[0],
      ms: performance.now() - began,
      attempts: attempt,
      ...outcome,
    };
  }
}

type Outcome = Pick<CheckResult, 'verdict' | 'facts' | 'failure' | 'problem'>;

async function attemptCheck(
  check: Check,
  options: VerifyOptions,
  patience: Patience,
  fresh: boolean,
): Promise<Outcome> {
  const { stack, seed, signal } = options;
  const deadline = AbortSignal.timeout(Math.round(patience.factor * CHECK_DEADLINE_MS));
  const random = seededRandom(seed ^ hash(check.id));
  const trial = new LiveTrial(stack, check.services, patience, random, AbortSignal.any([signal, deadline]));
  trial.onEvent = ({ at, kind, from, label }) => {
    if (kind !== 'fault' && kind !== 'note') return;
    options.onEvent({ type: 'noted', at: trial.began + at, kind, ...(from && { node: from }), text: label });
  };
  try {
    const outcome = await decide(check, trial, options, patience, fresh, deadline);
    await trial.end();
    return outcome;
  } catch (error) {
    // Whatever the machine refuses, while judging, explaining or undoing, says nothing about the nodes.
    await trial.end().catch(() => {});
    signal.throwIfAborted();
    if (error instanceof UserError) return environment(error);
    throw error;
  }
}

async function decide(
  check: Check,
  trial: LiveTrial,
  { stack, signal, lesson, codeFolders }: VerifyOptions,
  patience: Patience,
  fresh: boolean,
  deadline: AbortSignal,
): Promise<Outcome> {
  try {
    // What the learner broke by hand is not the code's fault.
    if (fresh) await stack.faults.heal();
    await stack.run(check.services, check.settings, { fresh: fresh || check.fresh === true, signal });
    await trial.begin();
    await check.run(trial);
    await expectNoNodeDied(stack, trial);
    return { verdict: 'pass', facts: trial.facts };
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) {
      const why = 'The check was not done in the time that any check needs.';
      return inconclusive(why, 'Run it again; if it stays so, look at the output of the nodes: dsc logs.');
    }
    if (error instanceof PromiseBroken || error instanceof NodeDidNotStart) {
      await expectOwnNodes(trial, stack);
      expectTimeEnough(error, patience);
      const failure = await explain(error, check, trial, stack, lesson, codeFolders);
      return { verdict: 'fail', facts: [], failure };
    }
    if (error instanceof Inconclusive) return inconclusive(error.message, error.next);
    throw error;
  }
}

function environment(error: UserError): Outcome {
  const why = error.why ? `${error.message} ${error.why}` : error.message;
  const next = error.fix ?? 'dsc doctor shows the state of this machine.';
  return { verdict: 'environment', facts: [], problem: { why, next } };
}

/**
 * What looks like a broken promise may be the doing of somebody else.
 * @throws UserError when a node was removed, or when another program has taken its port in the moment between choosing and
 * using it, and answers in its place
 */
async function expectOwnNodes(trial: LiveTrial, stack: Stack): Promise<void> {
  for (const service of trial.services) {
    if (!trial.stopped.has(service) && (await stack.state(service)).status === 'absent') {
      throw new UserError(`${service} was removed while it was checked.`, {
        code: 'node-removed',
        why: 'Somebody else has removed it: no check does that.',
        fix: 'dsc start, then dsc verify once more.',
      });
    }
    const lines = await trial.output(service);
    if (!lines.some((line) => /EADDRINUSE|address already in use/i.test(line))) continue;
    throw new UserError(`${service} could not listen on ${stack.url(service)}.`, {
      code: 'port-taken',
      why: 'Another program has taken the port.',
      fix: 'dsc stop, then dsc start: it chooses a free one.',
    });
  }
}

/**
 * On a machine that is busy enough anything comes too late.
 * @throws UserError when the check ended because it had waited long enough, and this machine is slower than that
 */
function expectTimeEnough(error: PromiseBroken | NodeDidNotStart, patience: Patience): void {
  const waited =
    error instanceof TooLate || (error instanceof NodeDidNotStart && error.state.status !== 'exited');
  if (!waited) return;
  const wasAtItsEnd = patience.isAtItsEnd;
  patience.measure();
  if (!wasAtItsEnd && !patience.isAtItsEnd) return;
  throw new UserError('This machine is too busy to tell.', {
    code: 'machine-too-busy',
    why: 'Something came too late, as everything would here: it says nothing about your code.',
    fix: 'Close what else is running, then dsc verify once more.',
  });
}

function inconclusive(why: string, next: string): Outcome {
  return { verdict: 'inconclusive', facts: [], problem: { why, next } };
}

/** A node that ended although nobody stopped it has broken a promise that every check makes. */
async function expectNoNodeDied(stack: Stack, trial: LiveTrial): Promise<void> {
  for (const service of trial.services) {
    if (trial.stopped.has(service)) continue;
    const state = await stack.state(service);
    if (state.status === 'running' || state.status === 'paused') continue;
    trial.broken({
      expected: `${service} keeps running, whatever it is sent`,
      seen: `it ended by itself during the check${state.status === 'exited' && state.exitCode !== null ? ` (exit code ${state.exitCode})` : ''}`,
    });
  }
}

/** A check may have been decided while a call that it began still waits: how that one ends changes nothing any more. */
function forgetLateVerdict(reason: unknown): void {
  if (reason instanceof DOMException) return; // Interrupted, or the check's deadline.
  if (reason instanceof CheckEnded || reason instanceof PromiseBroken || reason instanceof Inconclusive)
    return;
  throw reason;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
