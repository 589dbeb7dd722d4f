import type { ChalkInstance } from 'chalk';
import type { Timeline, TimelineRow } from '../../verify/timeline.ts';

const LANE = 12;

/**
 * A space-time diagram in text: a column for each participant, time downwards, an arrow for each message.
 * @param width columns of the terminal; labels are cut to fit
 */
export function renderTimeline(timeline: Timeline, paint: ChalkInstance, width: number): string[] {
  const { participants, rows, earlier } = timeline;
  if (rows.length === 0) return [];
  const header = `${'ms'.padStart(8)}  ${participants.map((name) => center(name, LANE)).join('')}`;
  const lines = [paint.dim(header)];
  if (earlier > 0) lines.push(paint.dim(`${''.padStart(8)}  ... ${earlier} earlier events`));
  const room = Math.max(20, width - 10 - participants.length * LANE - 1);
  for (const row of rows) {
    const lanes = drawLanes(row, participants);
    const label = row.label.length > room ? `${row.label.slice(0, room - 3)}...` : row.label;
    lines.push(colour(row, paint)(`${String(Math.round(row.at)).padStart(8)}  ${lanes} ${label}`.trimEnd()));
  }
  return lines;
}

function drawLanes(row: TimelineRow, participants: readonly string[]): string {
  const cells = [...' '.repeat(participants.length * LANE)];
  const middle = (name: string) => participants.indexOf(name) * LANE + LANE / 2;
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
