import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chapter } from '../course/chapter.ts';
import { deriveRegions } from '../course/derive-tree.ts';
import { LANGUAGES, type Language } from '../course/languages.ts';
import type { Lesson } from '../course/lesson.ts';
import { packagePath } from '../course/package-root.ts';
import type { Problem } from '../course/problem.ts';
import { readChapters } from '../course/read-chapters.ts';
import { listSessions, loadLessons, type SessionEntry } from '../course/sessions.ts';
import { parseTranscript, type Transcript } from './transcript.ts';

/** Everything that a page may show beside its own text. */
export interface Sources {
  /** Regions of the tested solutions: text by language and name. */
  regions: Record<Language, Map<string, string>>;
  chapters: Chapter[];
  sessions: SessionEntry[];
  lessons: Lesson[];
  /** Text of each `compose/<name>/docker-compose.yml`. */
  compose: Map<string, string>;
  transcripts: Map<string, Transcript>;
  problems: Problem[];
}

/** @throws Error when the markers of a solution are wrong */
export async function readSources(): Promise<Sources> {
  const [{ chapters, problems }, sessions, lessons, compose, transcripts] = await Promise.all([
    readChapters(),
    listSessions(),
    loadLessons(),
    readCompose(),
    readTranscripts(),
  ]);
  const regions = Object.fromEntries(
    await Promise.all(LANGUAGES.map(async (language) => [language, await deriveRegions(language)] as const)),
  ) as Sources['regions'];
  return { regions, chapters, sessions, lessons, compose, transcripts, problems };
}

async function readCompose(): Promise<Map<string, string>> {
  const names = await readdir(packagePath('compose'));
  const read = async (name: string) =>
    [name, await readFile(packagePath('compose', name, 'docker-compose.yml'), 'utf8')] as const;
  return new Map(await Promise.all(names.map(read)));
}

/** `book/transcripts/*.console`, by name. */
export async function readTranscripts(): Promise<Map<string, Transcript>> {
  const folder = packagePath('book', 'transcripts');
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.console')).sort();
  const read = async (file: string) => {
    const name = file.replace(/\.console$/, '');
    return [name, parseTranscript(name, await readFile(join(folder, file), 'utf8'))] as const;
  };
  return new Map(await Promise.all(files.map(read)));
}
