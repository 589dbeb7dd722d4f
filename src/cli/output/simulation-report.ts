import type { ChalkInstance } from 'chalk';
import type { Simulation } from '../../verify/simulator/simulate.ts';
import { row, seconds, section } from './rows.ts';
import { renderTimeline } from './timeline.ts';

const NOT_IMPLEMENTED = /not implemented: ([a-z-]+)/;

export interface SimulationReportOptions {
  session: number;
  /** Columns of the terminal. */
  width: number;
  /** The folder of the code, absolute. */
  folder: string;
  /** Makes an absolute path shorter where it can. */
  shownPath: (path: string) => string;
}

/** What a learner is shown: the story of the first broken promise, or what the runs have been through. */
export function simulationReport(
  simulation: Simulation,
  paint: ChalkInstance,
  options: SimulationReportOptions,
): string[] {
  return simulation.violation ? broken(simulation, paint, options) : kept(simulation, paint);
}

function kept({ runs, ms, facts }: Simulation, paint: ChalkInstance): string[] {
  const rows = [
    `${facts.elections} elections, ${facts.crashes} crashes, ${facts.steps} steps of the core`,
    ...(facts.committed > 0 ? [`${facts.committed} entries committed, none lost`] : []),
    ...(facts.reads > 0 ? [`${facts.reads} reads answered, none stale`] : []),
    `after the last fault all was well within ${Math.round(facts.recoveredIn)} ms, in the slowest run`,
  ];
  const runsOf = runs === 1 ? 'The run kept' : `All ${runs} runs kept`;
  const title = paint.green.bold(`${runsOf} every promise, in ${seconds(ms)}.`);
  return [title, ...section('What they went through', rows, paint)];
}

function broken(
  { runs, ms, violation }: Simulation,
  paint: ChalkInstance,
  { session, width, folder, shownPath }: SimulationReportOptions,
): string[] {
  const { promise, seen, timeline, stack = '', seed } = violation!;
  const where = placeOf(stack, folder);
  const lines = [paint.red.bold(`✖ ${promise}`), ''];
  const unwritten = NOT_IMPLEMENTED.exec(seen)?.[1];
  if (unwritten !== undefined) {
    lines.push(row('To write', `${unwritten}: ${shownPath(where ?? folder)}`, paint));
    return lines;
  }
  lines.push(row('Seen', seen, paint));
  if (where !== undefined) lines.push(row('Where', shownPath(where), paint));
  lines.push(...section('Timeline', renderTimeline(timeline, paint, width - 4), paint));
  lines.push('', row('Again', `dsc simulate --session ${session} --seed ${seed}`, paint));
  return [...lines, '', paint.dim(`${runs} runs until then · ${seconds(ms)} · seed ${seed}`)];
}

/** `file:line` of the innermost call in the learner's own code. */
function placeOf(stack: string, folder: string): string | undefined {
  const calls = [...stack.matchAll(/(?:file:\/\/)?(\/[^\s()]+?):(\d+):\d+/g)];
  const own = calls.find(([, file]) => decodeURI(file!).startsWith(folder));
  return own && `${decodeURI(own[1]!)}:${own[2]}`;
}
