import type { ChalkInstance } from 'chalk';
import type { NodeView } from '../../live/events.ts';
import { MARKS } from '../output/verify-report.ts';
import { type CheckState, clock, type Happening, stateWords, type WatchModel } from './model.ts';
import type { NodeKey } from './node-keys.ts';
import type { Size } from './screen.ts';
import { cut, systemLines } from './system-lines.ts';

export interface FrameOptions extends Size {
  paint: ChalkInstance;
  /** The name of the node that keys act on. */
  selected?: string | undefined;
  keys: readonly NodeKey[];
  /** What was done last, or why not. */
  notice?: string;
}

/** Smaller parts are not worth their lines. */
const LEAST_LINES = 2;
const MOST_FAULTS = 3;

/** A cluster as it is, in lines that fit the screen. */
export function renderFrame(model: WatchModel, options: FrameOptions): string[] {
  const { width, height, paint, keys, notice } = options;
  const { cluster } = model;
  if (!cluster) {
    const words = cluster === null ? 'No nodes are running here. dsc start session-1' : 'Looking ...';
    return [paint.bold('dsc watch'), '', cut(words, width), '', cut('q quit', width)];
  }
  const title = cut(`Session ${cluster.session}: ${cluster.title} · ${cluster.runtime}`, width);
  const head = [paint.bold(title), '', ...nodeLines(model.nodes, options), ...faultLines(model, options)];
  const foot = [
    cut(notice ?? '', width),
    paint.dim(cut(keys.map(({ key, does }) => `${key} ${does}`).join('   '), width)),
  ];
  let room = height - head.length - foot.length;
  const view = model.view ? systemLines(model.view, width) : [];
  const parts = [
    part('System', view, Math.min(view.length, Math.ceil(room / 2)), paint),
    checkLines(model, Math.floor(room / 3), options),
  ];
  for (const lines of parts) {
    if (lines.length > room) continue;
    head.push(...lines);
    room -= lines.length;
  }
  if (room > LEAST_LINES) head.push(...happeningLines(model, room, options));
  while (head.length < height - foot.length) head.push('');
  return [...head, ...foot];
}

function part(title: string, lines: readonly string[], most: number, paint: ChalkInstance): string[] {
  return lines.length === 0 || most < 1 ? [] : ['', paint.bold(title), ...lines.slice(0, most)];
}

/** One line a node: which one is selected, how it is, what it says of itself. */
export function nodeLines(
  nodes: readonly NodeView[],
  { width, paint, selected }: Pick<FrameOptions, 'width' | 'paint' | 'selected'>,
): string[] {
  const longest = Math.max(0, ...nodes.map(({ name }) => name.length));
  return nodes.map((node, index) => {
    const { name, role, term, leader, more } = node;
    const parts = [
      role?.padEnd(9),
      term === undefined ? undefined : `term ${term}`.padEnd(8),
      leader ? `leader ${leader}` : undefined,
      ...more,
    ];
    const said = node.answers ? parts.filter((part) => part !== undefined).join(' ') : '';
    const mark = name === selected ? '▸' : ' ';
    const state = stateWords(node);
    const line = `${mark}${index + 1} ${name.padEnd(longest)}  ${state.padEnd(8)} ${said}`;
    return colourOf(node, paint)(cut(line.trimEnd(), width));
  });
}

function colourOf({ status, answers, role }: NodeView, paint: ChalkInstance): ChalkInstance {
  if (status === 'exited' || status === 'absent') return paint.red;
  if (status === 'paused' || !answers) return paint.yellow;
  return role === 'leader' ? paint.green : paint.reset;
}

function faultLines({ faults }: WatchModel, { width, paint }: FrameOptions): string[] {
  const words = [...new Set(faults.map(({ what }) => what))];
  const shown = words.slice(-MOST_FAULTS).map((what) => paint.yellow(cut(`⚡ ${what}`, width)));
  return words.length > MOST_FAULTS
    ? [...shown, paint.yellow(`⚡ and ${words.length - MOST_FAULTS} more`)]
    : shown;
}

/** What is being checked and what came before it. */
function checkLines({ run }: WatchModel, most: number, { width, paint }: FrameOptions): string[] {
  if (!run || most <= LEAST_LINES) return [];
  const kept = run.checks.filter(({ verdict }) => verdict === 'pass').length;
  const now = run.checks.findIndex(({ verdict }) => verdict === 'running');
  const decided = run.checks.findLastIndex(({ verdict }) => verdict !== 'waiting');
  const end = Math.max(now, decided) + 1;
  const shown = run.checks.slice(Math.max(0, end - (most - LEAST_LINES)), Math.max(end, 1));
  const verdict = run.verdict === 'running' ? 'a verify goes on' : run.verdict;
  return [
    '',
    `${paint.bold('Checks')} ${kept} of ${run.checks.length} kept · ${verdict}`,
    ...shown.map((check) => checkColour(check, paint)(cut(`${markOf(check)} ${check.promise}`, width))),
  ];
}

function markOf({ verdict }: CheckState): string {
  if (verdict === 'running') return '…';
  return verdict === 'waiting' ? '·' : MARKS[verdict];
}

function checkColour({ verdict }: CheckState, paint: ChalkInstance): ChalkInstance {
  if (verdict === 'pass') return paint.green;
  if (verdict === 'fail') return paint.red;
  return verdict === 'waiting' ? paint.dim : paint.yellow;
}

function happeningLines({ happenings, routine }: WatchModel, room: number, options: FrameOptions): string[] {
  const { width, paint } = options;
  const recent = happenings.slice(-2 * room).sort((a, b) => a.at - b.at);
  const shown = recent.slice(-(room - LEAST_LINES));
  return [
    '',
    `${paint.bold('Last events')} ${paint.dim(`${routine} routine messages are not shown`)}`,
    ...shown.map((happening) => happeningLine(happening, width, paint)),
  ];
}

export function happeningLine({ at, kind, text }: Happening, width: number, paint: ChalkInstance): string {
  const line = cut(`${clock(at)} ${text}`, width);
  if (kind === 'lost') return paint.red(line);
  if (kind === 'fault') return paint.yellow(line);
  return kind === 'log' ? paint.dim(line) : line;
}
