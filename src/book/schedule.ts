import { type Chapter, chapterNumber } from '../course/chapter.ts';
import type { Lesson } from '../course/lesson.ts';
import { SESSION_PLAN } from '../course/session-plan.ts';
import type { Directive, Use } from './directive.ts';

/** The ten sessions, and the ninety minutes of each that is there, added up from its chapters. */
export const schedule: Directive = { html: tables, terminal: tables };

function tables({ sources }: Use): string {
  const chaptersOf = (session: number) => sources.chapters.filter((chapter) => chapter.session === session);
  const sessions = sources.sessions.map(({ number, title, available }) => {
    const where = available ? chaptersOf(number).map(chapterLink).join(', ') : 'on its way';
    return `| ${number} | ${title} | ${where} |`;
  });
  const plans = sources.lessons.map((lesson) => planOf(lesson, chaptersOf(lesson.number)));
  return [table('| no. | session | chapters |', '| ---: | --- | --- |', sessions), ...plans].join('\n\n');
}

function planOf({ number, title, steps }: Lesson, chapters: Chapter[]): string {
  const minutesIn = (activity: keyof Lesson['steps']) =>
    chapters.map(({ minutes }) => minutes[activity]).filter((minutes) => minutes > 0);
  const rows = SESSION_PLAN.map(({ activity, title }) => {
    const parts = minutesIn(activity);
    const sum = parts.reduce((total, each) => total + each, 0);
    const shares = parts.length > 1 ? ` (${parts.join(' + ')})` : '';
    return `| ${title} | ${sum}${shares} | ${inCell(steps[activity])} |`;
  });
  const total = chapters.reduce((sum, chapter) => sum + minutesOf(chapter), 0);
  const heading = `**Session ${number}, ${title}: ${total} minutes**`;
  return [heading, table('| part | minutes | what |', '| --- | --- | --- |', rows)].join('\n\n');
}

/** A bar would begin the next cell. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function table(head: string, rule: string, rows: readonly string[]): string {
  return [head, rule, ...rows].join('\n');
}

function chapterLink(chapter: Chapter): string {
  return `[chapter ${chapterNumber(chapter)}](${chapter.page})`;
}

function minutesOf({ minutes }: Chapter): number {
  return Object.values(minutes).reduce((sum, each) => sum + each, 0);
}

/** What stands below a chapter's title: its part of the session's ninety minutes. */
export function timeNote(chapter: Chapter): string {
  const parts = SESSION_PLAN.flatMap(({ activity }) =>
    chapter.minutes[activity] > 0 ? `${activity} ${chapter.minutes[activity]}` : [],
  );
  return `<p class="time">Session ${chapter.session} · ${minutesOf(chapter)} min: ${parts.join(', ')}</p>`;
}
