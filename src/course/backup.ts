import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dateStamp } from './date-stamp.ts';
import type { GivenFile } from './lay-files.ts';
import type { Lesson } from './lesson.ts';
import { OUTLINE } from './outline.ts';

/**
 * Moves a system's code, and each other given file that differs, into `backups/<date and time>/`, under the same paths.
 * Other systems' code stays.
 * @param files what will be laid anew
 * @returns the backup's path in the workspace, or undefined when there was nothing to move
 */
export async function backUp(
  workspace: string,
  lesson: Lesson,
  files: readonly GivenFile[],
): Promise<string | undefined> {
  const paths = new Set<string>();
  for (const file of files) {
    const [top = '', system = ''] = file.path.split('/');
    if (system === lesson.system) paths.add(`${top}/${system}`);
    else if (!isSystem(system) && (await differs(workspace, file))) paths.add(file.path);
  }
  const present = [...paths].filter((path) => existsSync(join(workspace, path)));
  if (present.length === 0) return undefined;
  const backup = freeName(workspace);
  for (const path of present) {
    const target = join(workspace, backup, path);
    await mkdir(dirname(target), { recursive: true });
    await rename(join(workspace, path), target);
  }
  return backup;
}

function isSystem(folder: string): boolean {
  return OUTLINE.some((entry) => entry.system === folder);
}

async function differs(workspace: string, file: GivenFile): Promise<boolean> {
  const present = await readFile(join(workspace, file.path)).catch(() => undefined);
  return present !== undefined && !present.equals(file.content);
}

/** Two backups within a second get names of their own. */
function freeName(workspace: string): string {
  const name = `backups/${dateStamp()}`;
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!existsSync(join(workspace, candidate))) return candidate;
  }
}
