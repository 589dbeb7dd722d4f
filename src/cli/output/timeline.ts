import type { ChalkInstance } from 'chalk';
import type { Timeline, TimelineRow } from '../../verify/timeline.ts';

/** Columns of a lane, an even number: as wide as looks well, or as narrow as it takes. */
const WIDEST_LANE = 12;
const NARROWEST_LANE = 6;

/** Columns of the time, and of the gap before the label. */
const BESIDE = 11;

/** So much of a label is shown whatever it takes. */
const LEAST_LABEL = 20;

/**
 * A space-time diagram in text: a column for each participant, time downwards, an arrow for each message.
 * @param width columns of the terminal; labels are cut to fit
 */
export function renderTimeline(timeline: Timeline, paint: ChalkInstance, width: number): string[] {
  const { participants, rows, earlier } = timeline;
  if (rows.length === 0) return [];
  const fitting = Math.floor((width - BESIDE - LEAST_LABEL) / participants.length);
  const lane = Math.max(NARROWEST_LANE, Math.min(WIDEST_LANE, fitting - (fitting % 2)));
  const header = `${'ms'.padStart(8)}  ${participants.map((name) => center(name, lane)).join('')}`;
  const lines = [paint.dim(header)];
  if (earlier > 0) lines.push(paint.dim(`${''.padStart(8)}  ... ${earlier} earlier events`));
  const room = Math.max(LEAST_LABEL, width - BESIDE - participants.length * lane);
  for (const row of rows) {
    const lanes = drawLanes(row, participants, lane);
    const label = row.label.length > room ? `${row.label.slice(0, room - 3)}...` : row.label;
    lines.push(colour(row, paint)(`${String(Math.round(row.at)).padStart(8)}  ${lanes} ${label}`.trimEnd()));
  }
  return lines;
}

function drawLanes(row: TimelineRow, participants: readonly string[], lane: number): string {
  const cells = [...' '.repeat(participants.length * lane)];
  const middle = (name: string) => participants.indexOf(name) * lane + lane / 2;
  for (const name of participants) cells[middle(name)] = '│';
  const from = row.from !== undefined && participants.includes(row.from) ? middle(row.from) : -1;
  const to = row.to !== undefined && participants.includes(row.to) ? middle(row.to) : -1;
  if (from >= 0 && to >= 0) {
    const step = from < to ? 1 : -1;
    const end = row.kind === 'lost' ? from + Math.round(((to - from) * 2) / 3) : to - step;
    for (let at = from + step; at !== end; at += step) cells[at] = row.kind === 'answer' ? '╌' : '─';
    cells[end] = row.kind === 'lost' ? '✗' : step > 0 ? '▶' : '◀';
  } else if (from >= 0) {
    cells[from] = row.kind === 'fault' ? '⚡' : '●';
  }
  return cells.join('');
}

function colour(row: TimelineRow, paint: ChalkInstance): ChalkInstance {
  if (row.kind === 'fault') return paint.yellow;
  if (row.kind === 'lost') return paint.red;
  return row.kind === 'answer' ? paint.dim : paint.reset;
}

function center(text: string, width: number): string {
  const cut = text.slice(0, width - 1);
  const left = Math.floor((width - cut.length) / 2) + (cut.length % 2 === 0 ? 1 : 0);
  return `${' '.repeat(left)}${cut}`.padEnd(width);
}
