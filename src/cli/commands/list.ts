import { type Progress, readProgress } from '../../course/progress.ts';
import { listSessions, type SessionEntry } from '../../course/sessions.ts';
import { ExitCode } from '../../course/user-error.ts';
import { findWorkspace } from '../../course/workspace.ts';
import type { Context } from '../context.ts';
import { renderTable } from '../output/table.ts';

export interface CourseEntry extends SessionEntry {
  state: 'planned' | 'open' | 'started' | 'passed';
  /** Whether it was the last to be started. */
  current: boolean;
}

/** `dsc list`: the sessions, and how far the learner is. */
export async function run(options: { json?: boolean }, context: Context): Promise<ExitCode> {
  const entries = await courseEntries(context.cwd);
  if (options.json) context.print(JSON.stringify({ sessions: entries }, null, 2));
  else context.print(...renderEntries(entries, context), '', nextCommand(entries));
  return ExitCode.ok;
}

/** Every session with the learner's progress, where a workspace is found. */
export async function courseEntries(cwd: string): Promise<CourseEntry[]> {
  const workspace = await findWorkspace(cwd);
  const progress = workspace === undefined ? undefined : await readProgress(workspace);
  const sessions = await listSessions();
  return sessions.map((session) => ({
    ...session,
    state: stateOf(session, progress),
    current: progress?.session === session.number,
  }));
}

/** The session to go on with: the first that is there and not passed. */
export function nextEntry(entries: readonly CourseEntry[]): CourseEntry | undefined {
  return entries.find((entry) => entry.available && entry.state !== 'passed');
}

/** What to type next. */
export function nextCommand(entries: readonly CourseEntry[]): string {
  const next = nextEntry(entries);
  if (!next) return 'You passed every session that is there. Next: dsc chaos, to break what you built';
  return next.state === 'started' && next.current
    ? 'Next: dsc verify'
    : `Next: dsc start session-${next.number}`;
}

export function renderEntries(entries: readonly CourseEntry[], context: Context): string[] {
  const { paint } = context;
  const marks = { planned: paint.dim('·'), open: ' ', started: paint.yellow('▸'), passed: paint.green('✔') };
  const words = { planned: 'not there yet', open: '', started: 'started', passed: 'passed' };
  return renderTable(
    entries.map((entry) => [
      ` ${marks[entry.state]}`,
      String(entry.number).padStart(2),
      entry.available ? entry.title : paint.dim(entry.title),
      paint.dim(words[entry.state]),
    ]),
  );
}

function stateOf(session: SessionEntry, progress: Progress | undefined): CourseEntry['state'] {
  const own = progress?.sessions[session.number];
  if (own?.passedAt) return 'passed';
  if (own) return 'started';
  return session.available ? 'open' : 'planned';
}
