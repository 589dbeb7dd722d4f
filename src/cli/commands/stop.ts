import { dirname } from 'node:path';
import { forgetServer } from '../../book/served-book.ts';
import { withLock } from '../../course/lock.ts';
import { ExitCode } from '../../course/user-error.ts';
import { registeredStacks, removeAllStacks } from '../../stack/all-stacks.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../output/progress.ts';
import { findStack, findTarget } from '../session-target.ts';

export interface StopOptions {
  all?: boolean;
  json?: boolean;
}

/** Removes the running nodes; with `--all`, whatever any dsc has left on this machine. Files stay. */
export async function run(options: StopOptions, context: Context): Promise<ExitCode> {
  const progress = await ProgressLine.create(context, options.json);
  try {
    const stopped = options.all ? await stopAll(progress) : await stopHere(context, progress);
    progress.stop();
    if (options.json) context.print(JSON.stringify({ stopped }));
    else context.print(stopped.length > 0 ? `Stopped ${stopped.join(', ')}.` : 'Nothing was running.');
    return ExitCode.ok;
  } finally {
    progress.stop();
  }
}

async function stopAll(progress: ProgressLine): Promise<string[]> {
  const stacks = await registeredStacks();
  await Promise.all(stacks.map(({ home }) => forgetServer(dirname(home))));
  return removeAllStacks(progress.step);
}

async function stopHere(context: Context, progress: ProgressLine): Promise<string[]> {
  const target = await findTarget(context.cwd);
  return withLock(target.workspace, 'stop', async () => {
    await forgetServer(target.workspace);
    const stack = await findStack(target);
    if (!stack) return [];
    progress.step(`stopping ${stack.project}`);
    await stack.remove();
    return [stack.project];
  });
}
