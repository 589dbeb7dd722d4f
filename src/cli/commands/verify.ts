import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findServer } from '../../book/served-book.ts';
import { atomicWrite } from '../../course/atomic-write.ts';
import { parseLanguages, spellLanguages } from '../../course/languages.ts';
import { writeLastRun } from '../../course/last-run.ts';
import { withLock } from '../../course/lock.ts';
import { sessionProgress, updateProgress } from '../../course/progress.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { RunRecorder } from '../../live/recorder.ts';
import type { RuntimeName } from '../../stack/runtime.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Check } from '../../verify/check.ts';
import { loadChecks } from '../../verify/load-checks.ts';
import { junit, tap } from '../../verify/reporters.ts';
import { type VerifyEvent, verify } from '../../verify/runner.ts';
import { createSessionStack } from '../../verify/session-stack.ts';
import type { Verdict, VerifyResult } from '../../verify/verdict.ts';
import { verifyCode } from '../../verify/verify-code.ts';
import { writeSolution } from '../../verify/write-solution.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../output/progress.ts';
import { checkLine, verifySummary } from '../output/verify-report.ts';
import { findTarget, nextSession, openStack, type SessionTarget, solutionTarget } from '../session-target.ts';
import { shownPath } from '../shown-path.ts';
import { watchFolders } from '../watch-folders.ts';

export interface VerifyOptions {
  session?: string;
  watch?: boolean;
  only?: string[];
  all?: boolean;
  json?: boolean;
  reporter?: 'junit' | 'tap';
  output?: string;
  solution?: boolean;
  lang?: string;
  runtime?: RuntimeName;
  seed?: number;
  repeat?: number;
}

/** A run and its verdict; the run's id, where it was recorded, is what `dsc replay` takes. */
interface Verified {
  result: VerifyResult;
  run?: string;
}

const EXIT: Record<Verdict, ExitCode> = {
  pass: ExitCode.ok,
  fail: ExitCode.checksFailed,
  inconclusive: ExitCode.inconclusive,
  environment: ExitCode.environment,
};

/** Runs the checks of a session against live nodes and explains the first broken promise. */
export async function run(options: VerifyOptions, context: Context): Promise<ExitCode> {
  context.signal.throwIfAborted(); // From here on Ctrl-C is ours: what was begun is undone.
  const target = options.solution
    ? await solutionTarget(context.cwd, options.session)
    : await findTarget(context.cwd, options.session);
  if (options.lang) target.languages = parseLanguages(options.lang);
  const checks = chooseChecks(await loadChecks(target.lesson.number), options.only);
  return withLock(target.workspace, `verify session-${target.lesson.number}`, () => {
    if (options.watch) return watch(target, checks, options, context);
    return (options.repeat ?? 1) > 1
      ? repeat(target, checks, options, context)
      : once(target, checks, options, context);
  });
}

async function once(
  target: SessionTarget,
  checks: readonly Check[],
  options: VerifyOptions,
  context: Context,
): Promise<ExitCode> {
  const verified = await verifyTarget(target, checks, options, context);
  await present(verified, target, options, context);
  return EXIT[verified.result.verdict];
}

/** The pass rate of several runs, each with a seed of its own. */
async function repeat(
  target: SessionTarget,
  checks: readonly Check[],
  options: VerifyOptions,
  context: Context,
): Promise<ExitCode> {
  const results: VerifyResult[] = [];
  const firstSeed = options.seed ?? randomInt(1_000_000);
  for (let run = 0; run < options.repeat!; run++) {
    const verified = await verifyTarget(target, checks, { ...options, seed: firstSeed + run }, context);
    results.push(verified.result);
    await present(verified, target, options, context);
  }
  const passes = results.filter((result) => result.verdict === 'pass').length;
  context.stderr.write(`${passes} of ${results.length} runs passed.\n`);
  for (const { verdict, seed } of results) {
    if (verdict !== 'pass')
      context.stderr.write(`  ${verdict}: dsc verify ${target.lesson.number} --seed ${seed}\n`);
  }
  const worst =
    results.find((result) => result.verdict === 'fail') ??
    results.find((result) => result.verdict !== 'pass');
  return worst ? EXIT[worst.verdict] : ExitCode.ok;
}

/** Verifies again whenever a file is saved, until Ctrl-C. The nodes stay up in between. */
async function watch(
  target: SessionTarget,
  checks: readonly Check[],
  options: VerifyOptions,
  context: Context,
): Promise<ExitCode> {
  const saved = watchFolders(Object.values(target.code), context.signal);
  const { stack, keep } = await standingStack(target, options, context);
  let last: ExitCode = ExitCode.ok;
  try {
    for (;;) {
      const verified = await verifyOn(stack, target, checks, options, context);
      await present(verified, target, options, context);
      last = EXIT[verified.result.verdict];
      context.stderr.write(
        context.paint.dim('Watching your files: save one to verify again, Ctrl-C to end.\n'),
      );
      if (!(await saved.next())) break;
      await stack.prepare(() => {});
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    await leave(stack, keep);
  }
  return last;
}

async function verifyTarget(
  target: SessionTarget,
  checks: readonly Check[],
  options: VerifyOptions,
  context: Context,
): Promise<Verified> {
  if (options.solution) return { result: await verifySolution(target, checks, options, context) };
  const { stack, keep } = await standingStack(target, options, context);
  let verified: Verified | undefined;
  try {
    verified = await verifyOn(stack, target, checks, options, context);
    return verified;
  } finally {
    // Where the machine stood in the way it cannot tidy up either; that is said already.
    if (verified?.result.verdict === 'environment') await leave(stack, keep).catch(() => {});
    else await leave(stack, keep);
  }
}

/** The nodes of `dsc start` with the code as it is now, or nodes for this verify alone. */
async function standingStack(
  target: SessionTarget,
  options: VerifyOptions,
  context: Context,
): Promise<{ stack: Stack; keep: boolean }> {
  const progress = await ProgressLine.create(context, options.json);
  try {
    const running = await openStack(target.home);
    const fits =
      running?.project === target.project &&
      options.lang === undefined &&
      (options.runtime ?? running.runtimeName) === running.runtimeName &&
      (await running.wireAnswers());
    if (running && fits) {
      progress.step('preparing your code');
      await running.prepare(progress.step);
      return { stack: running, keep: true };
    }
    if (running) {
      progress.step('stopping the nodes of before');
      await running.remove();
    }
    const stack = await createSessionStack({ ...target, runtime: options.runtime, report: progress.step });
    return { stack, keep: false };
  } finally {
    progress.stop();
  }
}

/** Leaves the machine as it was found: the nodes of `dsc start` run again with their own settings, others are removed. */
async function leave(stack: Stack, keep: boolean): Promise<void> {
  if (!keep) return stack.remove();
  try {
    await stack.run(stack.services, {}, { fresh: true });
  } catch (error) {
    // Code that does not start was reported by its check; the nodes are left as they are.
    if ((error as Error).name !== 'NodeDidNotStart') throw error;
  }
}

async function verifyOn(
  stack: Stack,
  target: SessionTarget,
  checks: readonly Check[],
  options: VerifyOptions,
  context: Context,
): Promise<Verified> {
  const checklist = await liveChecklist(target, options, context);
  const { lesson, languages, workspace } = target;
  // Without a recording, on a disk that is full, the verdict is the same.
  const recorder = await RunRecorder.begin(workspace, { stack, lesson, languages }).catch(() => undefined);
  try {
    const result = await verify({
      lesson,
      checks,
      stack,
      languages,
      seed: options.seed ?? randomInt(1_000_000),
      all: options.all === true,
      codeFolders: Object.values(target.code),
      onEvent: (event) => {
        recorder?.take(event);
        checklist.show(event);
      },
      signal: context.signal,
    });
    return { result, ...(recorder && { run: recorder.id }) };
  } finally {
    checklist.end();
    await recorder?.end();
  }
}

/** The course's own solution, on a stack of its own. */
async function verifySolution(
  target: SessionTarget,
  checks: readonly Check[],
  options: VerifyOptions,
  context: Context,
): Promise<VerifyResult> {
  const progress = await ProgressLine.create(context, options.json);
  const checklist = await liveChecklist(target, options, context);
  try {
    await writeSolution(join(target.home, 'code'), target.lesson.number);
    return await verifyCode({
      ...target,
      checks,
      runtime: options.runtime,
      report: progress.step,
      seed: options.seed ?? randomInt(1_000_000),
      all: options.all === true,
      onEvent: (event) => {
        progress.stop();
        checklist.show(event);
      },
      signal: context.signal,
    });
  } finally {
    progress.stop();
    checklist.end();
    await rm(target.home, { recursive: true, force: true });
  }
}

interface Checklist {
  show(event: VerifyEvent): void;
  /** Also when a check was not decided. */
  end(): void;
}

/** Prints each check as it is decided; what is being checked is shown on a terminal. */
async function liveChecklist(
  target: SessionTarget,
  options: VerifyOptions,
  context: Context,
): Promise<Checklist> {
  if (options.json || (options.reporter && !options.output)) return { show: () => {}, end: () => {} };
  const { paint, print } = context;
  const progress = await ProgressLine.create(context, !context.isTTY);
  const show = (event: VerifyEvent) => {
    if (event.type === 'started') {
      const { lesson, languages } = target;
      const about = `${spellLanguages(languages)} · runtime ${event.runtime} · seed ${event.seed}`;
      print(paint.bold(`Session ${lesson.number}: ${lesson.title}`), paint.dim(about), '');
    } else if (event.type === 'check-started') {
      progress.step(event.promise);
    } else if (event.type === 'check-finished') {
      progress.stop();
      print(checkLine(event.result, paint));
    }
  };
  return { show, end: () => progress.stop() };
}

async function present(
  { result, run }: Verified,
  target: SessionTarget,
  options: VerifyOptions,
  context: Context,
): Promise<void> {
  if (!options.solution && !options.only) await remember(result, target);
  if (options.reporter) {
    const text = options.reporter === 'junit' ? junit(result) : tap(result);
    if (options.output) await atomicWrite(join(context.cwd, options.output), text);
    else context.print(text.trimEnd());
  }
  if (options.json) context.print(JSON.stringify(result));
  if (options.json || (options.reporter && !options.output)) return;
  const lines = verifySummary(result, target.lesson, context.paint, {
    width: context.width,
    shownPath: (path) => shownPath(context.cwd, path),
    nextSession: await nextSession(target.lesson),
    run,
    book: (await findServer(target.workspace))?.url,
  });
  context.print(...lines);
}

/** For `dsc hint`, `dsc progress` and the menu. */
async function remember(result: VerifyResult, target: SessionTarget): Promise<void> {
  const firstFailing = result.results.find((check) => check.verdict === 'fail')?.id ?? null;
  await writeLastRun(target.workspace, { session: result.session, firstFailing });
  await atomicWrite(join(target.home, 'last-result.json'), `${JSON.stringify(result, null, 2)}\n`);
  await updateProgress(target.workspace, (progress) => {
    const session = sessionProgress(progress, result.session);
    session.runs += 1;
    if (result.verdict === 'pass') session.passedAt ??= new Date().toISOString();
  });
}

function chooseChecks(checks: readonly Check[], only: readonly string[] | undefined): readonly Check[] {
  if (!only || only.length === 0) return checks;
  const unknown = only.find((id) => !checks.some((check) => check.id === id));
  if (unknown !== undefined) {
    throw new UserError(`There is no check called ${unknown}.`, {
      code: 'unknown-check',
      why: `This session has ${checks.map((check) => check.id).join(', ')}.`,
      exitCode: ExitCode.usage,
    });
  }
  return checks.filter((check) => only.includes(check.id));
}
