import { ExitCode, UserError } from '../../course/user-error.ts';
import { requireWorkspace } from '../../course/workspace.ts';
import type { LiveEvent } from '../../live/events.ts';
import { checkResults, chosenCheck, listRuns, newestFailed, readRun, replaySteps } from '../../live/runs.ts';
import type { CheckResult } from '../../verify/verdict.ts';
import type { Context } from '../context.ts';
import { row, section } from '../output/rows.ts';
import { renderTable } from '../output/table.ts';
import { renderTimeline } from '../output/timeline.ts';
import { MARKS } from '../output/verify-report.ts';
import { ReplayScreen } from '../watch/replay-screen.ts';

export interface ReplayOptions {
  run?: string;
  check?: string;
  list?: boolean;
  json?: boolean;
}

/** Shows a check of a recorded verify again: step by step on a terminal, as a whole elsewhere. */
export async function run(options: ReplayOptions, context: Context): Promise<ExitCode> {
  const workspace = await requireWorkspace(context.cwd);
  if (options.list) return list(workspace, options, context);
  const { id, events } = await findRun(workspace, options);
  const check = chosenCheck(events, options.check);
  if (!check) throw nothingToReplay(id, events, options.check);
  if (options.json) {
    context.print(JSON.stringify({ run: id, check, steps: replaySteps(check) }));
  } else if (context.isTTY && replaySteps(check).length > 0) {
    await new ReplayScreen(id, check, events, context).run();
  } else {
    context.print(...story(id, check, context));
  }
  return ExitCode.ok;
}

/** The run that was named, or the newest in which a check did not pass. */
async function findRun(
  workspace: string,
  { run: wanted, check }: ReplayOptions,
): Promise<{ id: string; events: LiveEvent[] }> {
  if (wanted === undefined) {
    const newest = await newestFailed(workspace, check);
    if (newest) return newest;
  } else {
    const events = await readRun(workspace, wanted);
    if (events) return { id: wanted, events };
  }
  throw new UserError(
    wanted === undefined ? 'Nothing was verified here yet.' : `There is no run called ${wanted}.`,
    {
      code: 'no-run',
      why: 'dsc keeps the last twenty runs of dsc verify, in .dsc/runs.',
      fix: wanted === undefined ? 'dsc verify' : 'dsc replay --list',
      exitCode: ExitCode.usage,
    },
  );
}

function nothingToReplay(id: string, events: readonly LiveEvent[], check: string | undefined): UserError {
  const known = checkResults(events).map((result) => result.id);
  if (check !== undefined) {
    return new UserError(`The run ${id} has no check called ${check}.`, {
      code: 'unknown-check',
      why: known.length > 0 ? `It has ${known.join(', ')}.` : 'No check was decided in it.',
      fix: 'dsc replay --list',
      exitCode: ExitCode.usage,
    });
  }
  return new UserError('There is nothing to replay.', {
    code: 'nothing-to-replay',
    why:
      known.length > 0
        ? `All ${known.length} checks of the run ${id} passed.`
        : `No check was decided in ${id}.`,
    fix: 'dsc replay --list',
    exitCode: ExitCode.usage,
  });
}

async function list(workspace: string, options: ReplayOptions, context: Context): Promise<ExitCode> {
  const runs = await listRuns(workspace);
  if (options.json) {
    context.print(JSON.stringify({ runs }));
    return ExitCode.ok;
  }
  if (runs.length === 0) context.print('Nothing was verified here yet.');
  const rows = runs.map(({ id, session, verdict, failed }) => [
    id,
    `session ${session}`,
    verdict ?? 'not finished',
    failed.join(', '),
  ]);
  context.print(...renderTable(rows));
  return ExitCode.ok;
}

/** What `dsc verify` printed of it. */
function story(id: string, check: CheckResult, { paint, width }: Context): string[] {
  const lines = [paint.bold(`${MARKS[check.verdict]} ${check.promise}`), paint.dim(`run ${id}`), ''];
  const { failure, problem } = check;
  if (failure) {
    lines.push(row('Expected', failure.expected, paint), row('Seen', failure.seen, paint));
    lines.push(...section('Evidence', failure.evidence, paint));
    lines.push(...section('Timeline', renderTimeline(failure.timeline, paint, width - 4), paint));
    lines.push(...section('The nodes printed', failure.output, paint));
  } else if (problem) {
    lines.push(row('Why', problem.why, paint), row('Next', problem.next, paint));
  } else {
    lines.push('It passed: what happened to the nodes is kept for checks that do not.');
    lines.push(...check.facts.map((fact) => `  ${fact}`));
  }
  return lines;
}
