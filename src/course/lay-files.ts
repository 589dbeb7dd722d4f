import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { atomicWrite, removeLeftovers } from './atomic-write.ts';

/** A file that dsc lays into a workspace. */
export interface GivenFile {
  /** In the workspace, with `/`. */
  path: string;
  content: Buffer;
  /** Whether the learner writes in it: then a newer version is never offered beside theirs. */
  exercise?: boolean;
}

/** Paths in the workspace. */
export interface Laid {
  created: string[];
  /** Untouched by the learner, and so replaced by a newer version. */
  updated: string[];
  /** As the learner left them. */
  kept: string[];
  /** Changed by the learner and by the course: the course's version lies beside as `newFile`. */
  beside: { file: string; newFile: string }[];
}

/**
 * Writes files without ever overwriting a learner's work. Each file by itself appears whole or not at all;
 * laying the same files again completes what a crash cut short.
 * @param shipped SHA-256 of each file as it was laid before, by path; brought up to date
 */
export async function layFiles(
  workspace: string,
  files: readonly GivenFile[],
  shipped: Record<string, string>,
): Promise<Laid> {
  const laid: Laid = { created: [], updated: [], kept: [], beside: [] };
  for (const file of files) {
    const target = join(workspace, file.path);
    await mkdir(dirname(target), { recursive: true });
    await removeLeftovers(target);
    const present = await readIfThere(target);
    const given = sha256(file.content);
    const before = shipped[file.path];
    if (present === undefined) {
      await atomicWrite(target, file.content);
      laid.created.push(file.path);
    } else if (sha256(present) === given) {
      laid.kept.push(file.path);
    } else if (sha256(present) === before) {
      await atomicWrite(target, file.content);
      laid.updated.push(file.path);
    } else if (given === before || file.exercise) {
      laid.kept.push(file.path);
      continue;
    } else {
      laid.beside.push({ file: file.path, newFile: await layBeside(workspace, file) });
    }
    shipped[file.path] = given;
  }
  return laid;
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** `node.ts` -> `node.new.ts`; the next free number if a different one lies there. */
async function layBeside(workspace: string, file: GivenFile): Promise<string> {
  const { dir, name, ext } = parse(file.path);
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? 'new' : `new-${number}`;
    const path = `${dir ? `${dir}/` : ''}${name}.${suffix}${ext}`;
    const present = await readIfThere(join(workspace, path));
    if (present?.equals(file.content)) return path;
    if (present) continue;
    await atomicWrite(join(workspace, path), file.content);
    return path;
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
