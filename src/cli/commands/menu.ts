import { ExitCode } from '../../course/user-error.ts';
import type { Context } from '../context.ts';
import { courseEntries, nextCommand, nextEntry, renderEntries } from './list.ts';

/** `dsc` alone: on a terminal pick a session to start; elsewhere the list and what to type next. */
export async function run(_options: object, context: Context): Promise<ExitCode> {
  const entries = await courseEntries(context.cwd);
  if (!context.isTTY) {
    context.print(...renderEntries(entries, context), '', nextCommand(entries));
    return ExitCode.ok;
  }
  const { default: inquirer } = await import('inquirer');
  const rows = renderEntries(entries, context);
  const { session } = await inquirer.prompt([
    {
      type: 'select',
      name: 'session',
      message: 'Which session?',
      default: nextEntry(entries)?.number,
      pageSize: entries.length,
      choices: entries.map((entry, index) => ({
        name: rows[index]!,
        value: entry.number,
        short: `session ${entry.number}`,
        disabled: entry.available ? false : ' ',
      })),
    },
  ]);
  const { run: start } = await import('./start.ts');
  return start({ session: String(session) }, context);
}
