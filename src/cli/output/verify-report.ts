import type { ChalkInstance } from 'chalk';
import { replayAddress } from '../../book/served-book.ts';
import type { Lesson } from '../../course/lesson.ts';
import type { CheckResult, VerifyResult } from '../../verify/verdict.ts';
import { readCommand } from '../read-command.ts';
import { row, seconds, section } from './rows.ts';
import { renderTimeline } from './timeline.ts';

export const MARKS = { pass: '✔', fail: '✖', inconclusive: '?', environment: '!' } as const;

export interface ReportOptions {
  /** Columns of the terminal. */
  width: number;
  /** Makes an absolute path shorter where it can. */
  shownPath: (path: string) => string;
}

export interface SummaryOptions extends ReportOptions {
  nextSession: string | undefined;
  /** The recorded run's id, where there is one. */
  run: string | undefined;
  /** Without a slash at its end: the server of the book that runs for this workspace. */
  book: string | undefined;
}

/** One line of the checklist. */
export function checkLine(result: CheckResult, paint: ChalkInstance): string {
  const colour = {
    pass: paint.green,
    fail: paint.red,
    inconclusive: paint.yellow,
    environment: paint.yellow,
  };
  const mark = colour[result.verdict](MARKS[result.verdict]);
  const again = result.attempts > 1 ? `, ${result.attempts} attempts` : '';
  return `  ${mark} ${result.promise} ${paint.dim(`${seconds(result.ms)}${again}`)}`;
}

/** What a learner is shown after the checklist: the first broken promise explained, or what comes next. */
export function verifySummary(
  result: VerifyResult,
  lesson: Lesson,
  paint: ChalkInstance,
  options: SummaryOptions,
): string[] {
  const lines: string[] = [];
  if (result.notRun.length > 0) {
    lines.push(
      paint.dim(`  · ${result.notRun.length} more are checked when this one is kept (or with --all)`),
    );
  }
  lines.push('');
  const first = result.results.find((check) => check.verdict !== 'pass');
  if (!first) return [...lines, ...passed(result, lesson, paint, options.nextSession)];
  lines.push(...(first.failure ? broken(first, result, paint, options) : undecided(first, result, paint)));
  const kept = result.results.filter((check) => check.verdict === 'pass').length;
  lines.push('', paint.dim(`${kept} kept, ${count(result)} · ${seconds(result.ms)} · seed ${result.seed}`));
  return lines;
}

function broken(
  check: CheckResult,
  result: VerifyResult,
  paint: ChalkInstance,
  options: SummaryOptions,
): string[] {
  const failure = check.failure!;
  const lines = [paint.red.bold(`✖ ${check.promise}`), ''];
  if (failure.unwritten) {
    lines.push(
      row('To write', `${failure.unwritten.title}: ${options.shownPath(failure.unwritten.file)}`, paint),
      '',
    );
  }
  lines.push(row('Expected', failure.expected, paint), row('Seen', failure.seen, paint));
  lines.push(...section('Evidence', failure.evidence, paint));
  if (!failure.unwritten) {
    lines.push(...section('Timeline', renderTimeline(failure.timeline, paint, options.width - 4), paint));
    lines.push(...section('The nodes printed', failure.output, paint));
  }
  lines.push('', row('Hint', `${check.hint} ${paint.dim(`(more: dsc hint ${check.id})`)}`, paint));
  lines.push(row('Read', `${readCommand(check.chapter)} ${paint.dim('(--terminal: here)')}`, paint));
  lines.push(row('Again', `dsc verify ${result.session} --only ${check.id} --seed ${result.seed}`, paint));
  if (options.run && !failure.unwritten) {
    lines.push(row('Replay', `dsc replay ${paint.dim('(step by step)')}`, paint));
    if (options.book) lines.push(row('', replayAddress(options.book, options.run, check), paint));
  }
  return lines;
}

function undecided(check: CheckResult, result: VerifyResult, paint: ChalkInstance): string[] {
  const what =
    check.verdict === 'environment'
      ? 'This machine stood in the way; nothing is said about your code.'
      : 'The situation to check never came about; nothing is said about your code.';
  return [
    paint.yellow.bold(`${MARKS[check.verdict]} ${check.promise}`),
    '',
    what,
    row('Why', check.problem!.why, paint),
    row('Next', check.problem!.next, paint),
    row('Again', `dsc verify ${result.session}`, paint),
  ];
}

function passed(
  result: VerifyResult,
  lesson: Lesson,
  paint: ChalkInstance,
  nextSession: string | undefined,
): string[] {
  const facts = result.results.flatMap((check) => check.facts);
  const lines = [paint.green.bold(`All ${result.results.length} promises kept in ${seconds(result.ms)}.`)];
  lines.push(...section('What this run showed', facts, paint));
  lines.push('', row('Compare', 'dsc solution --diff', paint));
  const fault = lesson.tryNext[0];
  if (fault) lines.push(row('Break it', `${fault.command}   ${paint.dim(fault.watch)}`, paint));
  if (nextSession) lines.push(row('Next', `dsc start ${nextSession}`, paint));
  return lines;
}

function count(result: VerifyResult): string {
  const words = {
    fail: 'broken',
    inconclusive: 'inconclusive',
    environment: 'stopped by the machine',
  } as const;
  const parts = Object.entries(words).flatMap(([verdict, word]) => {
    const number = result.results.filter((check) => check.verdict === verdict).length;
    return number > 0 ? [`${number} ${word}`] : [];
  });
  if (result.notRun.length > 0) parts.push(`${result.notRun.length} not checked yet`);
  return parts.join(', ');
}
