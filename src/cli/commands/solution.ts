import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { deriveTree } from '../../course/derive-tree.ts';
import { type Language, parseLanguages } from '../../course/languages.ts';
import { readProgress } from '../../course/progress.ts';
import { chooseSession, loadLesson, sessionFolder } from '../../course/sessions.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { codeFolder, requireWorkspace, stateFolder } from '../../course/workspace.ts';
import { writeTree } from '../../course/write-tree.ts';
import type { Context } from '../context.ts';
import { renderDifference } from '../output/difference.ts';

export interface SolutionOptions {
  session?: string;
  diff?: boolean;
  lang?: string;
  out?: string;
}

/** `dsc solution`: writes the complete solution of a session to a folder of its own, never over the learner's files. */
export async function run(options: SolutionOptions, context: Context): Promise<ExitCode> {
  const workspace = await requireWorkspace(context.cwd);
  const progress = await readProgress(workspace);
  const lesson = await loadLesson(chooseSession(options.session, progress.session));
  const languages = new Set(options.lang ? parseLanguages(options.lang) : progress.languages);
  const folder = options.out
    ? await emptyFolder(resolve(context.cwd, options.out))
    : stateFolder(workspace, 'solution', sessionFolder(lesson.number));
  if (!options.out) await rm(folder, { recursive: true, force: true });
  for (const language of languages) {
    const tree = await deriveTree(language, { session: lesson.number, kind: 'snapshot' });
    await writeTree(join(folder, language), tree);
    if (options.diff)
      context.print(...(await differences(workspace, language, lesson.system, tree, context)));
  }
  context.print(`The solution of session ${lesson.number} is in ${folder}`);
  return ExitCode.ok;
}

/** From the learner's files to the solution's, for the system that the session is about. */
async function differences(
  workspace: string,
  language: Language,
  system: string,
  tree: ReadonlyMap<string, string | Buffer>,
  context: Context,
): Promise<string[]> {
  const lines: string[] = [];
  for (const [path, content] of tree) {
    if (!path.startsWith(`${system}/`)) continue;
    const theirs = await readFile(join(codeFolder(workspace, language), path), 'utf8').catch(() => '');
    lines.push(...(await renderDifference(`${language}/${path}`, theirs, content.toString(), context.paint)));
  }
  return lines.length > 0 ? lines : [`${language}/${system}: your files are the same as the solution's.`];
}

/** @throws UserError when there is something in it already */
async function emptyFolder(folder: string): Promise<string> {
  const present = await readdir(folder).catch(() => []);
  if (present.length === 0) return folder;
  throw new UserError(`${folder} is not empty.`, {
    code: 'folder-not-empty',
    why: 'dsc does not write over files that it did not make.',
    fix: 'Name a new folder with --out.',
    exitCode: ExitCode.usage,
  });
}
