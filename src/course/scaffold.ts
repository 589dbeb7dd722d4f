import { mkdir } from 'node:fs/promises';
import { backUp } from './backup.ts';
import { composeFiles, serviceNames, writeComposeEnvironment } from './compose-folder.ts';
import { editorFiles, layNodeModules } from './editor-files.ts';
import { starterFiles } from './given-files.ts';
import type { Language } from './languages.ts';
import { type GivenFile, type Laid, layFiles } from './lay-files.ts';
import type { Lesson } from './lesson.ts';
import { packagePath } from './package-root.ts';
import { readProgress, sessionProgress, updateProgress } from './progress.ts';
import { loadLessons } from './sessions.ts';
import { stateFolder } from './workspace.ts';

export interface ScaffoldOptions {
  /** Moves the learner's files of the session's system to a backup first. */
  fresh?: boolean;
  /** This package's root. */
  source?: string;
}

export interface Scaffolded extends Laid {
  /** Folder with what was moved away, in the workspace. */
  backup?: string;
}

/**
 * Lays a session's files into a workspace: code in each language, Compose file, editor files. Never overwrites what the
 * learner wrote; a second call completes what a crash cut short. The caller holds the workspace's lock.
 * @param languages language of each service in turn
 */
export async function scaffold(
  workspace: string,
  lesson: Lesson,
  languages: readonly Language[],
  options: ScaffoldOptions = {},
): Promise<Scaffolded> {
  const source = options.source ?? packagePath();
  await updateProgress(workspace, (progress) => {
    progress.languages = [...languages];
    progress.session = lesson.number;
    sessionProgress(progress, lesson.number);
  });
  const course = [...(await codeFiles(source, lesson, languages)), ...(await composeFiles(source, lesson))];
  const backup = options.fresh ? await backUp(workspace, lesson, course) : undefined;
  const laid = await lay(workspace, [...course, ...(await editorFiles())]);
  await writeComposeEnvironment(workspace, lesson, await serviceNames(source, lesson), languages);
  await layNodeModules(workspace);
  await mkdir(stateFolder(workspace), { recursive: true });
  return { ...laid, ...(backup && { backup }) };
}

/**
 * Moves the learner's files of a session's system to a dated backup and lays its starter anew.
 * The caller holds the workspace's lock.
 */
export async function reset(
  workspace: string,
  lesson: Lesson,
  options: { source?: string } = {},
): Promise<Scaffolded> {
  const { languages } = await readProgress(workspace);
  return scaffold(workspace, lesson, languages, { ...options, fresh: true });
}

async function codeFiles(
  source: string,
  lesson: Lesson,
  languages: readonly Language[],
): Promise<GivenFile[]> {
  const lessons = await loadLessons();
  const each = [...new Set(languages)].map((language) => starterFiles(source, lesson, language, lessons));
  return (await Promise.all(each)).flat();
}

async function lay(workspace: string, files: readonly GivenFile[]): Promise<Laid> {
  const { shipped } = await readProgress(workspace);
  const laid = await layFiles(workspace, files, shipped);
  await updateProgress(workspace, (progress) => Object.assign(progress.shipped, shipped));
  return laid;
}
