import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Language } from './languages.ts';
import { PROGRESS_FILE, updateProgress } from './progress.ts';
import { ExitCode, UserError } from './user-error.ts';

/** The folder that `dsc start` makes where it is called. */
export const DEFAULT_FOLDER = 'dsc-course';

/** What dsc lays into a workspace and another project may have of its own. */
const OWN_NAMES = ['package.json', 'tsconfig.json', 'pyproject.toml', 'typescript', 'python', 'compose'];

/**
 * The workspace that `from` lies in, else the one in the default folder below it.
 * @returns its absolute path without symbolic links, or undefined
 */
export async function findWorkspace(from: string): Promise<string | undefined> {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    if (existsSync(join(directory, PROGRESS_FILE))) return realpath(directory);
    if (directory === dirname(directory)) break;
  }
  const below = join(resolve(from), DEFAULT_FOLDER);
  return existsSync(join(below, PROGRESS_FILE)) ? realpath(below) : undefined;
}

/** @throws UserError `no-workspace` */
export async function requireWorkspace(from: string): Promise<string> {
  const found = await findWorkspace(from);
  if (found) return found;
  throw new UserError('There is no course folder here.', {
    code: 'no-workspace',
    why: `Neither ${resolve(from)} nor a folder above it has a ${PROGRESS_FILE}.`,
    fix: `dsc start session-1 makes one: ./${DEFAULT_FOLDER}`,
    exitCode: ExitCode.usage,
  });
}

/**
 * Makes a workspace with nothing in it but `dsc.json`, or finds the one that is there and sets its languages.
 * @returns its absolute path without symbolic links
 * @throws UserError `folder-in-use` when another project lives there
 */
export async function createWorkspace(directory: string, languages: readonly Language[]): Promise<string> {
  if (!existsSync(join(directory, PROGRESS_FILE))) {
    const taken = OWN_NAMES.filter((name) => existsSync(join(directory, name)));
    if (taken.length > 0) throw folderInUse(directory, taken);
  }
  await mkdir(directory, { recursive: true });
  const workspace = await realpath(directory);
  await updateProgress(workspace, (progress) => {
    progress.languages = [...languages];
  });
  return workspace;
}

/** The folder of the learner's code in a language. */
export function codeFolder(workspace: string, language: Language): string {
  return join(workspace, language);
}

/** Where run state, logs and data live; may be deleted while nothing runs. */
export function stateFolder(workspace: string, ...parts: string[]): string {
  return join(workspace, '.dsc', ...parts);
}

/** The Compose project of a system in this workspace: two workspaces on one engine do not meet. */
export function projectName(workspace: string, system: string): string {
  return `dsc-${createHash('sha256').update(workspace).digest('hex').slice(0, 8)}-${system}`;
}

function folderInUse(directory: string, taken: readonly string[]): UserError {
  return new UserError(`${resolve(directory)} belongs to another project.`, {
    code: 'folder-in-use',
    why: `It has ${taken.join(', ')} but no ${PROGRESS_FILE}.`,
    fix: `Give the course a folder of its own: --dir ${join(directory, DEFAULT_FOLDER)}`,
    exitCode: ExitCode.usage,
  });
}
