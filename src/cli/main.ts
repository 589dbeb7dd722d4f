import { CommanderError } from 'commander';
import { moduleExtension } from '../course/package-root.ts';
import { ExitCode, UserError } from '../course/user-error.ts';
import { type Context, processContext } from './context.ts';
import { exitCodeOf, renderError } from './output/error.ts';
import { buildProgram } from './program.ts';

/** Errors that say Ctrl-C was pressed: at a question, or while a command worked. */
const INTERRUPTED = new Set(['ExitPromptError', 'AbortError']);

/** What every file in `commands/` exports. */
interface CommandModule {
  run(options: Record<string, unknown>, context: Context): Promise<ExitCode>;
}

/**
 * Runs the command that was typed.
 * @param argv the words after `dsc`
 * @returns the exit code; nothing is thrown
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const context = processContext({ verbose: argv.includes('--verbose') });
  process.stdout.on('error', endWithReader);
  let exitCode: ExitCode = ExitCode.ok;
  const dispatch = async (command: string, options: Record<string, unknown>) => {
    const { run } = await loadCommand(command);
    exitCode = await run(options, context);
  };
  try {
    const words = argv.filter((word) => word !== '--verbose');
    if (words.length === 0) await dispatch('menu', {});
    else await buildProgram(dispatch).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    return fail(thrown, argv, context);
  }
}

/** `dsc list | head -1`: nobody reads any more, and that is no error. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(ExitCode.ok);
}

function loadCommand(name: string): Promise<CommandModule> {
  return import(
    new URL(`./commands/${name}${moduleExtension}`, import.meta.url).href
  ) as Promise<CommandModule>;
}

/** The only place where errors are shown. */
function fail(thrown: unknown, argv: readonly string[], context: Context): ExitCode {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return ExitCode.ok;
  if (context.signal.aborted || (thrown instanceof Error && INTERRUPTED.has(thrown.name))) {
    context.stderr.write('Interrupted. What was begun has been undone; your files stay.\n');
    return ExitCode.interrupted;
  }
  const error = thrown instanceof CommanderError ? wrongUse(thrown, argv) : thrown;
  const style = { json: argv.includes('--json'), verbose: context.verbose, paint: context.paintError };
  context.stderr.write(`${renderError(error, style)}\n`);
  return exitCodeOf(error);
}

/** Commander's message: `error: unknown option '--jsn'`, and in a second line perhaps `(Did you mean --json?)`. */
function wrongUse(error: CommanderError, argv: readonly string[]): UserError {
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const command = argv.find((word) => !word.startsWith('-'));
  const known = command !== undefined && error.code !== 'commander.unknownCommand';
  return new UserError(`${what[0]?.toUpperCase()}${what.slice(1).replace(/\.?$/, '.')}`, {
    code: error.code
      .replace('commander.', 'usage-')
      .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    fix: suggestion?.replace(/^\(|\)$/g, '') ?? (known ? `dsc ${command} --help` : 'dsc --help'),
    exitCode: ExitCode.usage,
    cause: error,
  });
}
