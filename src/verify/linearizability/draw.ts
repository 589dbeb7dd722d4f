import type { Bar, Explanation } from './explain.ts';
import { clientName } from './history.ts';

/** How a bar is drawn: what it is filled with. */
const FILLS: Record<Bar['role'], string> = { last: '=', contradiction: '-', context: '.' };
const SMALLEST_PLOT = 12;

/**
 * The operations as bars from call to answer, one a line. The bars show the order of calls and answers, not how much
 * time lies between; that is written at the end of the line. `=` is the answer that completed the contradiction, `.` an
 * operation whose own answer plays no part, `?` an unknown outcome.
 * @param width columns; lines are cut to it
 */
export function drawExplanation({ bars }: Pick<Explanation, 'bars'>, width: number): string {
  const began = Math.min(...bars.map(({ called }) => called));
  const moments = [...new Set(bars.flatMap(({ called, answered }) => [called, answered ?? called]))].sort(
    (a, b) => a - b,
  );
  const labels = columns(bars.map(({ client, words }) => [clientName(client), words]));
  const times = bars.map(({ called, answered }) =>
    span(called - began, answered === undefined ? undefined : answered - began),
  );
  const timeWidth = Math.max(...times.map((time) => time.length));
  const labelWidth = Math.min(
    Math.max(...labels.map((label) => label.length)),
    Math.max(SMALLEST_PLOT, width - timeWidth - SMALLEST_PLOT - 4),
  );
  const plotWidth = Math.max(SMALLEST_PLOT, Math.min(6 * moments.length, width - labelWidth - timeWidth - 4));
  const column = (moment: number) =>
    moments.length === 1 ? 0 : Math.round((moments.indexOf(moment) / (moments.length - 1)) * (plotWidth - 1));
  return bars
    .map((bar, index) => {
      const label = labels[index]!.slice(0, labelWidth).padEnd(labelWidth);
      const plot = drawBar(bar, column, plotWidth).padEnd(plotWidth);
      return `${label}  ${plot}  ${times[index]!.padStart(timeWidth)}`.slice(0, width).trimEnd();
    })
    .join('\n');
}

function drawBar({ called, answered, role }: Bar, column: (moment: number) => number, width: number): string {
  const from = column(called);
  const to = answered === undefined ? width - 1 : Math.max(from + 1, column(answered));
  const fill = FILLS[role].repeat(Math.max(0, to - from - 1));
  return `${' '.repeat(from)}|${fill}${answered === undefined ? '?' : '|'}`;
}

function columns(rows: [string, string][]): string[] {
  const first = Math.max(...rows.map(([client]) => client.length));
  return rows.map(([client, words]) => `${client.padEnd(first)}  ${words}`);
}

function span(from: number, to: number | undefined): string {
  return to === undefined ? `${ms(from)} ms ..` : `${ms(from)} .. ${ms(to)} ms`;
}

function ms(time: number): string {
  return time.toFixed(Number.isInteger(time) ? 0 : 1);
}
