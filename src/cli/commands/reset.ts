import { withLock } from '../../course/lock.ts';
import { readProgress } from '../../course/progress.ts';
import { chooseSession, loadLesson } from '../../course/sessions.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { requireWorkspace } from '../../course/workspace.ts';
import type { Context } from '../context.ts';

/** `dsc reset`: the learner's code of a session goes to a dated backup, its starter comes back. */
export async function run(options: { session?: string; yes?: boolean }, context: Context): Promise<ExitCode> {
  const workspace = await requireWorkspace(context.cwd);
  const { session, languages } = await readProgress(workspace);
  const number = chooseSession(options.session, session);
  const lesson = await loadLesson(number);
  const folders = [...new Set(languages)].map((language) => `${language}/${lesson.system}`).join(' and ');
  if (
    !options.yes &&
    !(await agreed(`Move ${folders} to a backup and begin session ${number} anew?`, context))
  ) {
    context.print('Nothing was changed.');
    return ExitCode.ok;
  }
  const { reset } = await import('../../course/scaffold.ts');
  const { backup } = await withLock(workspace, 'reset', () => reset(workspace, lesson));
  context.print(
    backup ? `Your files are in ${workspace}/${backup}` : 'There was nothing of yours to move.',
    `Session ${number} begins anew.`,
  );
  return ExitCode.ok;
}

async function agreed(question: string, context: Context): Promise<boolean> {
  if (!context.isTTY) {
    throw new UserError('dsc reset asks before it moves files, and there is nobody to ask.', {
      code: 'needs-yes',
      why: 'This is not a terminal.',
      fix: 'dsc reset --yes',
      exitCode: ExitCode.usage,
    });
  }
  const { default: inquirer } = await import('inquirer');
  const { yes } = await inquirer.prompt([
    { type: 'confirm', name: 'yes', message: question, default: false },
  ]);
  return yes;
}
