import { lstat, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { serviceNames, writeComposeEnvironment } from '../../course/compose-folder.ts';
import { exerciseFile } from '../../course/given-files.ts';
import { type Language, languageOf, parseLanguages, spellLanguages } from '../../course/languages.ts';
import { withLock } from '../../course/lock.ts';
import { packagePath } from '../../course/package-root.ts';
import { readProgress } from '../../course/progress.ts';
import { type Scaffolded, scaffold } from '../../course/scaffold.ts';
import { loadLesson, parseSession } from '../../course/sessions.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { createWorkspace, DEFAULT_FOLDER, findWorkspace } from '../../course/workspace.ts';
import { NodeDidNotStart } from '../../stack/node-did-not-start.ts';
import { pythonEnvironment } from '../../stack/process/python.ts';
import type { RuntimeName } from '../../stack/runtime.ts';
import type { Stack } from '../../stack/stack.ts';
import { createSessionStack } from '../../verify/session-stack.ts';
import type { Context } from '../context.ts';
import { didNotStart } from '../did-not-start.ts';
import { ProgressLine } from '../output/progress.ts';
import { readCommand } from '../read-command.ts';
import { openStack, type SessionTarget, sessionTarget } from '../session-target.ts';
import { shownPath } from '../shown-path.ts';

export interface StartOptions {
  session: string;
  lang?: string;
  runtime?: RuntimeName;
  dir?: string;
  yes?: boolean;
  fresh?: boolean;
  /** Whether the book is served; where nothing is said, on a terminal only. */
  book?: boolean;
  json?: boolean;
}

/** Lays the session's files and brings up its nodes. Ctrl-C leaves nothing running. */
export async function run(options: StartOptions, context: Context): Promise<ExitCode> {
  context.signal.throwIfAborted(); // From here on Ctrl-C is ours: what was begun is undone.
  const lesson = await loadLesson(parseSession(options.session));
  const found = await findWorkspace(options.dir ? resolve(context.cwd, options.dir) : context.cwd);
  const directory = found ?? (await chooseDirectory(options, context));
  const languages = await chooseLanguages(options, found, context);
  const workspace = await createWorkspace(directory, languages);
  const target = sessionTarget(workspace, lesson, languages);
  const progress = await ProgressLine.create(context, options.json);
  const work = () => startInWorkspace(target, options, context, progress);
  try {
    return await withLock(workspace, `start session-${lesson.number}`, work);
  } finally {
    progress.stop();
  }
}

async function startInWorkspace(
  target: SessionTarget,
  options: StartOptions,
  context: Context,
  progress: ProgressLine,
): Promise<ExitCode> {
  const { workspace, lesson, languages, home } = target;
  progress.step('laying the files of the session');
  const laid = await scaffold(workspace, lesson, languages, { fresh: options.fresh === true });
  if (languages.includes('python')) await linkPython(workspace, progress);
  const earlier = await openStack(home);
  if (earlier) {
    progress.step('stopping the nodes of before');
    await earlier.remove();
  }
  const notes: string[] = [];
  let stack: Stack | undefined;
  try {
    stack = await createSessionStack({
      ...target,
      runtime: options.runtime,
      report: progress.step,
      onRuntime: (choice) => notes.push(choice.note),
    });
    context.signal.throwIfAborted();
    const services = await serviceNames(packagePath(), lesson);
    await writeComposeEnvironment(workspace, lesson, services, languages, baseImages(stack));
    progress.step(`starting ${stack.services.join(', ')}`);
    await stack.run(stack.services, {}, { fresh: true, signal: context.signal });
    context.signal.throwIfAborted();
  } catch (error) {
    if (error instanceof NodeDidNotStart) throw didNotStart(error);
    progress.step('removing what was started');
    await stack?.remove();
    throw error;
  }
  const book = (options.book ?? context.isTTY) ? await serveBeside(target, progress) : undefined;
  progress.stop();
  if (options.json) context.print(JSON.stringify({ ...describe(target, stack), ...(book && { book }) }));
  else context.print(...welcome(target, stack, laid, notes, book, context));
  return ExitCode.ok;
}

async function chooseDirectory(options: StartOptions, context: Context): Promise<string> {
  if (options.dir) return resolve(context.cwd, options.dir);
  const empty = (await readdir(context.cwd)).length === 0;
  const proposal = empty ? context.cwd : join(context.cwd, DEFAULT_FOLDER);
  if (options.yes) return proposal;
  if (!context.isTTY) {
    throw new UserError('Where should the course folder be?', {
      code: 'directory-needed',
      why: 'There is no course folder here yet, and no terminal to ask on.',
      fix: `dsc start ${options.session} --yes   (makes ${relative(context.cwd, proposal) || 'it here'}), or --dir <folder>`,
      exitCode: ExitCode.usage,
    });
  }
  const { default: inquirer } = await import('inquirer');
  const { directory } = await inquirer.prompt<{ directory: string }>([
    { type: 'input', name: 'directory', message: 'Folder for your course work:', default: proposal },
  ]);
  return resolve(context.cwd, directory);
}

async function chooseLanguages(
  options: StartOptions,
  workspace: string | undefined,
  context: Context,
): Promise<Language[]> {
  if (options.lang !== undefined) return parseLanguages(options.lang);
  if (workspace) return (await readProgress(workspace)).languages;
  if (options.yes || !context.isTTY) return parseLanguages('ts');
  const { default: inquirer } = await import('inquirer');
  const choices = [
    { name: 'TypeScript', value: 'ts' },
    { name: 'Python', value: 'py' },
    { name: 'both, in one cluster', value: 'mixed' },
  ];
  const { language } = await inquirer.prompt<{ language: string }>([
    { type: 'select', name: 'language', message: 'Which language will you write?', choices },
  ]);
  return parseLanguages(language);
}

/** `.venv` in the workspace, so that an editor finds the course's Python packages. A folder of the learner's is left alone. */
async function linkPython(workspace: string, progress: ProgressLine): Promise<void> {
  const environment = dirname(dirname(await pythonEnvironment(progress.step)));
  const link = join(workspace, '.venv');
  const present = await lstat(link).catch(() => undefined);
  if (present && !present.isSymbolicLink()) return;
  if (present && (await readlink(link)) === environment) return;
  if (present) await unlink(link);
  await symlink(environment, link, 'dir');
}

/** The address of the session's chapter, with the nodes beside it; undefined where there is no rendered book. */
async function serveBeside(
  { workspace, lesson }: SessionTarget,
  progress: ProgressLine,
): Promise<string | undefined> {
  progress.step('opening the book beside your nodes');
  const { serveInBackground } = await import('../background-book.ts');
  const served = await serveInBackground(workspace);
  if (!served) return undefined;
  const { pageAddress } = await import('../../book/served-book.ts');
  return pageAddress(served.url, lesson.chapters[0]!);
}

/** The variables that `docker compose` by hand needs too. */
function baseImages(stack: Stack): Record<string, string> {
  const names = ['NODE_IMAGE', 'PYTHON_IMAGE'];
  return Object.fromEntries(Object.entries(stack.variables).filter(([name]) => names.includes(name)));
}

function describe(target: SessionTarget, stack: Stack) {
  return {
    session: target.lesson.number,
    workspace: target.workspace,
    languages: target.languages,
    runtime: stack.runtimeName,
    project: stack.project,
    nodes: stack.placement.nodes,
    moved: stack.placement.moved,
  };
}

function welcome(
  target: SessionTarget,
  stack: Stack,
  laid: Scaffolded,
  notes: readonly string[],
  book: string | undefined,
  { paint, cwd }: Context,
): string[] {
  const { lesson, workspace, languages } = target;
  const here = shownPath(cwd, workspace);
  const lines = [
    paint.bold(`Session ${lesson.number}: ${lesson.title}`),
    paint.dim(`${spellLanguages(languages)} · ${notes.join(' ')}`),
    '',
  ];
  if (laid.backup) lines.push(`Your earlier files are in ${join(here, laid.backup)}`, '');
  for (const { newFile } of laid.beside) {
    lines.push(`A newer version of a given file lies beside yours: ${join(here, newFile)}`);
  }
  lines.push(paint.bold('Your nodes'));
  for (const [index, name] of stack.services.entries()) {
    lines.push(`  ${name.padEnd(10)} ${stack.url(name)}   ${paint.dim(languageOf(languages, index))}`);
  }
  for (const { service, wanted, got } of stack.placement.moved) {
    lines.push(paint.yellow(`  Port ${wanted} is taken, so ${service} listens on ${got}.`));
  }
  lines.push('', paint.bold('You write'));
  const language = languages[0]!;
  const width = Math.max(...lesson.exercises.map(({ title }) => title.length));
  for (const { title, file } of lesson.exercises) {
    lines.push(`  ${title.padEnd(width)}   ${join(here, language, exerciseFile(file, language))}`);
  }
  const enter = here === '.' ? '' : `cd ${here} && `;
  const read = book ?? `npx ${readCommand(lesson.chapters[0]!)}   ${paint.dim('(--terminal: here)')}`;
  lines.push('', `Read:  ${read}`);
  if (book) lines.push(paint.dim('       Beside the text you see your nodes, and can break them.'));
  lines.push(`Next:  ${paint.bold(`${enter}npx dsc verify`)}`);
  return lines;
}
