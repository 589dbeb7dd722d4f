import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Lesson } from './lesson.ts';
import { OUTLINE } from './outline.ts';
import { lessonsPath, moduleExtension } from './package-root.ts';
import { ExitCode, UserError } from './user-error.ts';

export interface SessionEntry {
  number: number;
  title: string;
  system: string;
  /** Whether it can be started; the others are planned. */
  available: boolean;
}

/** `3` -> `session-03`, the name of its folder. */
export function sessionFolder(session: number): string {
  return `session-${String(session).padStart(2, '0')}`;
}

/**
 * Every session of the outline, and those that only have a folder, by number.
 * @param lessons the folder with the lessons
 */
export async function listSessions(lessons = lessonsPath()): Promise<SessionEntry[]> {
  const there = await availableSessions(lessons);
  const planned = OUTLINE.map((entry) => ({ ...entry, available: there.includes(entry.number) }));
  const further = there.filter((number) => !OUTLINE.some((entry) => entry.number === number));
  const added = further.map(async (number) => {
    const { title, system } = await loadLesson(number, lessons);
    return { number, title, system, available: true };
  });
  return [...planned, ...(await Promise.all(added))].sort((a, b) => a.number - b.number);
}

/** Numbers of the sessions that have a lesson. */
export async function availableSessions(lessons = lessonsPath()): Promise<number[]> {
  const names = await readdir(lessons).catch(() => []);
  return names
    .map((name) => /^session-(\d\d+)$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .filter((number) => existsSync(lessonFile(number, lessons)))
    .sort((a, b) => a - b);
}

/**
 * @throws UserError `no-such-session` or, for a planned one, `session-not-there-yet`
 */
export async function loadLesson(session: number, lessons = lessonsPath()): Promise<Lesson> {
  const file = lessonFile(session, lessons);
  if (!existsSync(file)) throw await missing(session, lessons);
  const module = (await import(pathToFileURL(file).href)) as { lesson?: Lesson };
  if (module.lesson) return module.lesson;
  throw new Error(`${file} does not export "lesson"`);
}

/** The lessons of every session that is there. */
export async function loadLessons(lessons = lessonsPath()): Promise<Lesson[]> {
  const numbers = await availableSessions(lessons);
  return Promise.all(numbers.map((number) => loadLesson(number, lessons)));
}

/**
 * @param text as a learner types it: `3`, `s3`, `session-3`, `session-03`, `Session 3`
 * @throws UserError `no-such-session` with a suggestion
 */
export function parseSession(text: string): number {
  const digits = /^\s*(?:s(?:ession)?[\s_-]*)?0*(\d{1,3})\s*$/i.exec(text)?.[1];
  if (digits && Number(digits) > 0) return Number(digits);
  const guess = /\d+/.exec(text)?.[0];
  const known = OUTLINE.some((entry) => entry.number === Number(guess));
  throw new UserError(`There is no session called "${text}".`, {
    code: 'no-such-session',
    why: 'A session is named by its number: 3, s3 or session-3.',
    fix: known ? `Did you mean session-${Number(guess)}?` : 'dsc list shows the sessions.',
    exitCode: ExitCode.usage,
  });
}

/**
 * @param typed what the learner named, if anything
 * @param current the session that was started last; 0 is none
 * @throws UserError `nothing-started` when there is neither
 */
export function chooseSession(typed: string | undefined, current: number): number {
  if (typed !== undefined) return parseSession(typed);
  if (current > 0) return current;
  throw new UserError('No session was started here yet.', {
    code: 'nothing-started',
    fix: 'dsc start session-1',
    exitCode: ExitCode.usage,
  });
}

function lessonFile(session: number, lessons: string): string {
  return join(lessons, sessionFolder(session), `lesson${moduleExtension}`);
}

async function missing(session: number, lessons: string): Promise<UserError> {
  const planned = OUTLINE.find((entry) => entry.number === session);
  const there = (await availableSessions(lessons)).join(', ');
  const options = {
    why: `Sessions that can be started: ${there}.`,
    fix: 'dsc list shows the sessions.',
    exitCode: ExitCode.usage,
  };
  return planned
    ? new UserError(`Session ${session} (${planned.title}) is not there yet.`, {
        ...options,
        code: 'session-not-there-yet',
      })
    : new UserError(`There is no session ${session}.`, { ...options, code: 'no-such-session' });
}
