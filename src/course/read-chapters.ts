import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chapter, Question } from './chapter.ts';
import { readLocatedYaml } from './located-yaml.ts';
import { lessonsPath } from './package-root.ts';
import { describeProblem, type Problem } from './problem.ts';
import { type Activity, SESSION_PLAN } from './session-plan.ts';
import { availableSessions, sessionFolder } from './sessions.ts';

/** Fewer do not cover a chapter, more are not answered. */
const QUESTIONS = { least: 5, most: 8 };
const OPTIONS = { least: 3, most: 4 };

/**
 * The chapters of every session that is there, in the order of the book.
 * @throws Error that lists every problem with file and line
 */
export async function loadChapters(): Promise<Chapter[]> {
  const { chapters, problems } = await readChapters();
  if (problems.length > 0) throw new Error(problems.map(describeProblem).join('\n'));
  return chapters;
}

/** As loadChapters, with the problems as data. A chapter with a problem is left out. */
export async function readChapters(): Promise<{ chapters: Chapter[]; problems: Problem[] }> {
  const chapters: Chapter[] = [];
  const problems: Problem[] = [];
  for (const session of await availableSessions()) {
    const folder = lessonsPath(sessionFolder(session), 'chapters');
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.yaml')).sort()) {
      const file = `lessons/${sessionFolder(session)}/chapters/${name}`;
      const read = parseChapter(session, file, await readFile(join(folder, name), 'utf8'));
      problems.push(...read.problems);
      if (read.chapter) chapters.push(read.chapter);
    }
  }
  problems.push(...acrossChapters(chapters));
  return { chapters, problems };
}

/** Checks one data file. @param file its path in this package, for problems */
export function parseChapter(
  session: number,
  file: string,
  text: string,
): { chapter: Chapter | undefined; problems: Problem[] } {
  const yaml = readLocatedYaml(file, text);
  const problems = [...yaml.problems];
  if (problems.length > 0) return { chapter: undefined, problems };
  const report = (path: readonly (string | number)[], message: string) =>
    void problems.push({ file, line: yaml.lineOf(path), message });
  const reader = new Reader(yaml.value, report);
  const chapter: Chapter = {
    session,
    file,
    name: file.replace(/^.*\/|\.yaml$/g, ''),
    page: reader.text('page'),
    minutes: minutesOf(reader),
    objectives: reader.keys('objectives').map((id) => ({ id, text: reader.text('objectives', id) })),
    annotation: {
      region: reader.text('annotation', 'region'),
      intro: reader.text('annotation', 'intro'),
      notes: reader.indexes('annotation', 'notes').map((index) => {
        const at = ['annotation', 'notes', index] as const;
        return {
          typescript: reader.text(...at, 'typescript'),
          python: reader.text(...at, 'python'),
          ask: reader.text(...at, 'ask'),
          answer: reader.text(...at, 'answer'),
          line: yaml.lineOf(at),
        };
      }),
    },
    quiz: reader.indexes('quiz').map((index) => questionOf(reader, index, yaml.lineOf(['quiz', index]))),
  };
  checkQuiz(chapter, report);
  return { chapter: problems.length === 0 ? chapter : undefined, problems };
}

function minutesOf(reader: Reader): Record<Activity, number> {
  const known = SESSION_PLAN.map(({ activity }) => activity);
  for (const key of reader.keys('minutes')) {
    if (!known.some((activity) => activity === key)) {
      reader.report(['minutes', key], `"${key}" is no activity; they are ${known.join(', ')}`);
    }
  }
  return Object.fromEntries(
    known.map((activity) => [activity, reader.minutes('minutes', activity)]),
  ) as Record<Activity, number>;
}

function questionOf(reader: Reader, index: number, line: number): Question {
  const at = ['quiz', index] as const;
  const options = reader.indexes(...at, 'options').map((option) => ({
    text: reader.text(...at, 'options', option, 'text'),
    right: reader.value(...at, 'options', option, 'right') === true,
    why: reader.text(...at, 'options', option, 'why'),
  }));
  const tried = reader.value(...at, 'try') !== undefined;
  return {
    id: reader.text(...at, 'id'),
    objective: reader.text(...at, 'objective'),
    ask: reader.text(...at, 'ask'),
    options,
    ...(tried && {
      try: {
        command: reader.text(...at, 'try', 'command'),
        transcript: reader.text(...at, 'try', 'transcript'),
        shows: reader.text(...at, 'try', 'shows'),
      },
    }),
    line,
  };
}

type Report = (path: readonly (string | number)[], message: string) => void;

function checkQuiz({ quiz, objectives }: Chapter, report: Report): void {
  if (quiz.length < QUESTIONS.least || quiz.length > QUESTIONS.most) {
    report(['quiz'], `a quiz has ${QUESTIONS.least} to ${QUESTIONS.most} questions, this one ${quiz.length}`);
  }
  for (const [index, { options, objective }] of quiz.entries()) {
    const at = ['quiz', index, 'options'];
    const right = options.filter((option) => option.right).length;
    if (right !== 1) report(at, `exactly one option has "right: true", here it is ${right}`);
    if (options.length < OPTIONS.least || options.length > OPTIONS.most) {
      report(at, `a question has ${OPTIONS.least} or ${OPTIONS.most} options, this one ${options.length}`);
    }
    if (new Set(options.map(({ text }) => text)).size < options.length) report(at, 'two options are equal');
    for (const [option, { text }] of options.entries()) {
      if (/\b(all|none|both) of (the|these)\b/i.test(text)) {
        report([...at, option], 'an option must stand for itself, not for others');
      }
    }
    if (!objectives.some(({ id }) => id === objective)) {
      report(['quiz', index, 'objective'], `there is no objective "${objective}"`);
    }
  }
  for (const { id } of objectives) {
    if (!quiz.some(({ objective }) => objective === id)) {
      report(['objectives', id], `no question asks for the objective "${id}"`);
    }
  }
}

/** Ids are unique in the course, and each session's chapters fill its ninety minutes. */
function acrossChapters(chapters: readonly Chapter[]): Problem[] {
  const problems: Problem[] = [];
  const ids = new Set<string>();
  for (const { file, quiz } of chapters) {
    for (const { id, line } of quiz) {
      if (ids.has(id)) problems.push({ file, line, message: `another question has the id "${id}" too` });
      ids.add(id);
    }
  }
  for (const session of new Set(chapters.map((chapter) => chapter.session))) {
    const own = chapters.filter((chapter) => chapter.session === session);
    for (const { activity, minutes } of SESSION_PLAN) {
      const sum = own.reduce((total, chapter) => total + chapter.minutes[activity], 0);
      if (sum === minutes) continue;
      const names = own.map(({ name }) => name).join(' and ');
      const message = `${activity} takes ${sum} min in session ${session} (${names}), but the plan has ${minutes}`;
      problems.push({ file: own[0]!.file, line: 1, message });
    }
  }
  return problems;
}

/** Takes values out of a parsed file, and reports those that are missing or of the wrong kind. */
class Reader {
  readonly report: Report;
  readonly #root: unknown;

  constructor(root: unknown, report: Report) {
    this.#root = root;
    this.report = report;
  }

  value(...path: (string | number)[]): unknown {
    return path.reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
      this.#root,
    );
  }

  text(...path: (string | number)[]): string {
    const value = this.value(...path);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    this.report(path, `"${path.at(-1)}" is missing, or is not text`);
    return '';
  }

  minutes(...path: (string | number)[]): number {
    const value = this.value(...path);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    this.report(path, `"${path.at(-1)}" is missing, or is not a whole number of minutes`);
    return 0;
  }

  keys(...path: (string | number)[]): string[] {
    const value = this.value(...path);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return Object.keys(value);
    this.report(path, `"${path.at(-1)}" is missing, or has no entries`);
    return [];
  }

  indexes(...path: (string | number)[]): number[] {
    const value = this.value(...path);
    if (Array.isArray(value) && value.length > 0) return [...value.keys()];
    this.report(path, `"${path.at(-1)}" is missing, or is not a list`);
    return [];
  }
}
