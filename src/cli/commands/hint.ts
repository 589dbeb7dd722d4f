import { readLastRun } from '../../course/last-run.ts';
import { readProgress, sessionProgress, updateProgress } from '../../course/progress.ts';
import { chooseSession } from '../../course/sessions.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { requireWorkspace } from '../../course/workspace.ts';
import type { Check } from '../../verify/check.ts';
import { loadChecks } from '../../verify/load-checks.ts';
import type { Context } from '../context.ts';
import { readCommand } from '../read-command.ts';

/** `dsc hint`: first a nudge, when asked again also where to look. */
export async function run(options: { check?: string }, context: Context): Promise<ExitCode> {
  const workspace = await requireWorkspace(context.cwd);
  const wanted = options.check
    ? { session: chooseSession(undefined, (await readProgress(workspace)).session), id: options.check }
    : await firstFailing(workspace);
  if (!wanted) {
    context.print('Every check of the last run passed.', 'Next: dsc solution --diff');
    return ExitCode.ok;
  }
  const check = await findCheck(wanted.session, wanted.id);
  let given: 1 | 2 = 1;
  await updateProgress(workspace, (progress) => {
    const { hints } = sessionProgress(progress, wanted.session);
    given = hints[check.id] === undefined ? 1 : 2;
    hints[check.id] = given;
  });
  context.print(...renderHint(check, given, context));
  return ExitCode.ok;
}

async function firstFailing(workspace: string): Promise<{ session: number; id: string } | undefined> {
  const last = await readLastRun(workspace);
  if (last) return last.firstFailing === null ? undefined : { session: last.session, id: last.firstFailing };
  throw new UserError('Nothing was verified here yet.', {
    code: 'not-verified',
    why: 'A hint is for the first check that failed in the last run.',
    fix: 'dsc verify, or name a check: dsc hint <check>',
    exitCode: ExitCode.usage,
  });
}

async function findCheck(session: number, id: string): Promise<Check> {
  const checks = await loadChecks(session);
  const found = checks.find((check) => check.id === id);
  if (found) return found;
  throw new UserError(`Session ${session} has no check called ${id}.`, {
    code: 'unknown-check',
    why: `It has ${checks.map((check) => check.id).join(', ')}.`,
    fix: 'dsc hint, without a name, is about the first check that failed.',
    exitCode: ExitCode.usage,
  });
}

function renderHint(check: Check, given: 1 | 2, context: Context): string[] {
  const { paint } = context;
  const [nudge, place] = check.hints;
  const lines = [paint.bold(check.promise), '', `  ${nudge}`];
  if (given === 2) lines.push(`  ${place}`, '', `Read: ${readCommand(check.chapter)}`);
  else lines.push('', paint.dim(`Where to look: dsc hint ${check.id}`));
  return lines;
}
