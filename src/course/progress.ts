import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite, removeLeftovers } from './atomic-write.ts';
import { dateStamp } from './date-stamp.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { withLock } from './lock.ts';
import type { Score } from './quiz.ts';
import { UserError } from './user-error.ts';

export interface SessionProgress {
  /** ISO 8601, as all times here. */
  startedAt: string;
  /** When all its checks first passed. */
  passedAt?: string;
  /** How often it was verified. */
  runs: number;
  /** How many hints of each check were shown. */
  hints: Record<string, 1 | 2>;
}

/** `dsc.json`: small, beside the learner's code, and theirs to carry to another machine. */
export interface Progress {
  format: 1;
  /** The language of each service in turn. */
  languages: Language[];
  /** The session that was started last; 0 before the first. */
  session: number;
  sessions: Record<string, SessionProgress>;
  /** The best result in each chapter's quiz, by the chapter's name. */
  quizzes?: Record<string, Score>;
  /** SHA-256 of each given file as dsc wrote it, by its path in the workspace: tells an untouched file from a changed one. */
  shipped: Record<string, string>;
}

export const PROGRESS_FILE = 'dsc.json';

/** A change of `dsc.json` takes a few milliseconds; longer than this, something is wrong. */
const WAIT_FOR_WRITER_MS = 10_000;

/**
 * @param workspace absolute path
 * @throws UserError `progress-newer` when a newer dsc wrote it (it is left alone), `progress-damaged` when it cannot be
 *   read: then it has been put aside, and the next call finds a fresh one
 */
export async function readProgress(workspace: string): Promise<Progress> {
  const file = join(workspace, PROGRESS_FILE);
  const read = async () => parse(await readFile(file, 'utf8'), file);
  // A second look with the lock held: another dsc may have put it aside just now.
  return (await read()) ?? locked(workspace, async () => (await read()) ?? putAside(workspace));
}

/**
 * Reads, changes and writes in one step, so that two dsc at once do not lose each other's changes.
 * Makes the file if it is missing.
 * @returns the progress as it is now in the file
 * @throws UserError as readProgress does
 */
export function updateProgress(workspace: string, change: (progress: Progress) => void): Promise<Progress> {
  return locked(workspace, async () => {
    const file = join(workspace, PROGRESS_FILE);
    const text = existsSync(file) ? await readFile(file, 'utf8') : undefined;
    const progress = text === undefined ? emptyProgress(workspace) : parse(text, file);
    if (!progress) return putAside(workspace);
    change(progress);
    await write(workspace, progress);
    return progress;
  });
}

/** The session's part, made when it is missing. */
export function sessionProgress(progress: Progress, session: number): SessionProgress {
  progress.sessions[session] ??= { startedAt: new Date().toISOString(), runs: 0, hints: {} };
  return progress.sessions[session];
}

/** Under a lock of its own: a long `verify` holds the workspace's lock and writes progress itself. */
function locked<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  const options = { name: '.dsc.json.lock', waitMs: WAIT_FOR_WRITER_MS };
  return withLock(workspace, 'writing dsc.json', work, options);
}

async function write(workspace: string, progress: Progress): Promise<void> {
  const file = join(workspace, PROGRESS_FILE);
  await removeLeftovers(file);
  await atomicWrite(file, `${JSON.stringify(progress, null, 2)}\n`);
}

/** @returns undefined when it is damaged */
function parse(text: string, file: string): Progress | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || typeof value.format !== 'number') return undefined;
  if (value.format > 1) throw newer(file, value.format);
  return isProgress(value) ? value : undefined;
}

function isProgress(value: Record<string, unknown>): value is Record<string, unknown> & Progress {
  const { languages, session, sessions, shipped } = value;
  return (
    Array.isArray(languages) &&
    languages.length > 0 &&
    languages.every((language) => LANGUAGES.includes(language)) &&
    typeof session === 'number' &&
    isRecord(sessions) &&
    Object.values(sessions).every(
      (entry) => isRecord(entry) && typeof entry.runs === 'number' && isRecord(entry.hints),
    ) &&
    isRecord(shipped)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The languages are those whose folders are there. */
function emptyProgress(workspace: string): Progress {
  const found = LANGUAGES.filter((language) => existsSync(join(workspace, language)));
  const languages: Language[] = found.length > 0 ? found : ['typescript'];
  return { format: 1, languages, session: 0, sessions: {}, shipped: {} };
}

/** Keeps the damaged file, begins a fresh one, and says so. Called with the lock held. */
async function putAside(workspace: string): Promise<never> {
  const kept = `${PROGRESS_FILE}.damaged-${dateStamp()}`;
  await rename(join(workspace, PROGRESS_FILE), join(workspace, kept));
  await write(workspace, emptyProgress(workspace));
  throw new UserError(`${PROGRESS_FILE} could not be read, so your progress starts anew.`, {
    code: 'progress-damaged',
    why: `It was not what dsc writes. It is kept as ${join(workspace, kept)}; your code is untouched.`,
    fix: 'Run the command again; dsc verify counts what you have solved already.',
  });
}

function newer(file: string, format: number): UserError {
  return new UserError('This workspace belongs to a newer dsc.', {
    code: 'progress-newer',
    why: `${file} has format ${format}; this dsc knows format 1 and leaves it alone.`,
    fix: 'npx dsc@latest, or the dsc that made it.',
  });
}
