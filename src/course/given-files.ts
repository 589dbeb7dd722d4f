import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Language } from './languages.ts';
import type { GivenFile } from './lay-files.ts';
import type { Lesson } from './lesson.ts';
import { sessionFolder } from './sessions.ts';

/** What running code leaves behind in a checkout's starters. */
const LEFTOVERS = new Set(['node_modules', '__pycache__', '.ruff_cache', '.pytest_cache']);

/**
 * The starter of a session in one language, as it lies in a workspace.
 * @param source this package's root
 * @param lessons all lessons: what any of them has the learner write is theirs
 */
export async function starterFiles(
  source: string,
  lesson: Lesson,
  language: Language,
  lessons: readonly Lesson[],
): Promise<GivenFile[]> {
  const starters = language === 'python' ? join('python', 'starters') : 'starters';
  const folder = join(source, starters, sessionFolder(lesson.number));
  const exercises = new Set(
    lessons.flatMap((each) => each.exercises).map((each) => exerciseFile(each.file, language)),
  );
  const paths = await walk(folder);
  return Promise.all(
    paths.map(async (path) => ({
      path: `${language}/${path}`,
      content: await readFile(join(folder, path)),
      exercise: exercises.has(path),
    })),
  );
}

/** `messaging/retry` -> `messaging/retry.ts`, `work-queue/a-b` -> `work_queue/a_b.py`. */
export function exerciseFile(file: string, language: Language): string {
  return language === 'python' ? `${file.replaceAll('-', '_')}.py` : `${file}.ts`;
}

/** Paths of all files below, with `/`, sorted. */
async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep),
    )
    .filter((parts) => !parts.some((part) => LEFTOVERS.has(part)))
    .map((parts) => parts.join('/'))
    .sort();
}
