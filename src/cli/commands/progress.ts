import { spellLanguages } from '../../course/languages.ts';
import { type Progress, readProgress, type SessionProgress } from '../../course/progress.ts';
import { listSessions, loadLesson, type SessionEntry } from '../../course/sessions.ts';
import { ExitCode } from '../../course/user-error.ts';
import { requireWorkspace } from '../../course/workspace.ts';
import type { Context } from '../context.ts';
import { renderTable } from '../output/table.ts';

/** `dsc progress`: what was started, verified and passed, for the learner and for a teacher's tools. */
export async function run(options: { json?: boolean }, context: Context): Promise<ExitCode> {
  const workspace = await requireWorkspace(context.cwd);
  const progress = await readProgress(workspace);
  const sessions = await listSessions();
  if (options.json) {
    const rows = sessions.map(({ number, title, available }) => ({
      session: number,
      title,
      available,
      ...progress.sessions[number],
    }));
    const { languages, session, quizzes = {} } = progress;
    context.print(JSON.stringify({ workspace, languages, session, sessions: rows, quizzes }, null, 2));
    return ExitCode.ok;
  }
  const started: string[][] = [];
  for (const session of sessions) {
    const own = progress.sessions[session.number];
    if (own) started.push([...row(session, own), await quizOf(session, progress)]);
  }
  const passed = sessions.filter((session) => progress.sessions[session.number]?.passedAt).length;
  const there = sessions.filter((session) => session.available).length;
  if (started.length > 0) {
    context.print(
      ...renderTable([['', 'session', 'started', 'passed', 'runs', 'hints', 'quiz'], ...started]),
      '',
    );
  }
  context.print(
    `${passed} of the ${there} sessions that are there passed, in ${spellLanguages(progress.languages)}.`,
  );
  return ExitCode.ok;
}

function row(session: SessionEntry, own: SessionProgress): string[] {
  const hints = Object.values(own.hints).reduce<number>((sum, given) => sum + given, 0);
  return [
    String(session.number).padStart(2),
    session.title,
    day(own.startedAt),
    own.passedAt ? day(own.passedAt) : '-',
    String(own.runs),
    String(hints),
  ];
}

/** The best results in the quizzes of the session's chapters, added up. */
async function quizOf({ number, available }: SessionEntry, { quizzes = {} }: Progress): Promise<string> {
  const { chapters } = available ? await loadLesson(number) : { chapters: [] };
  const scores = chapters.flatMap((page) => quizzes[page.replace(/^.*\/|\.md$/g, '')] ?? []);
  if (scores.length === 0) return '-';
  const sum = (values: number[]) => values.reduce((total, each) => total + each, 0);
  return `${sum(scores.map(({ right }) => right))} of ${sum(scores.map((score) => score.of))}`;
}

function day(iso: string): string {
  return iso.slice(0, 10);
}
