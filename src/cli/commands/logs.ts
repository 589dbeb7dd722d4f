import type { ChalkInstance } from 'chalk';
import { ExitCode } from '../../course/user-error.ts';
import { parseTrace, traceWords } from '../../verify/trace-line.ts';
import type { Context } from '../context.ts';
import { requireStack } from '../session-target.ts';

export interface LogsOptions {
  node?: string;
  follow?: boolean;
}

/** What the nodes print, with the node's name in front. Trace lines are shown in words. */
export async function run(options: LogsOptions, context: Context): Promise<ExitCode> {
  const { stack } = await requireStack(context.cwd);
  const nodes = options.node === undefined ? stack.services : [options.node];
  for (const node of nodes) stack.url(node);
  const width = Math.max(...nodes.map((node) => node.length));
  const show = async (node: string, index: number) => {
    const name = nameColour(context.paint, index)(node.padEnd(width));
    const following = options.follow ? { follow: true, signal: context.signal } : {};
    for await (const line of stack.logs(node, following)) context.print(`${name} | ${readable(line.text)}`);
  };
  if (options.follow) await Promise.all(nodes.map(show));
  else for (const [index, node] of nodes.entries()) await show(node, index);
  return ExitCode.ok;
}

/** A trace line as a sentence; anything else as it is. */
function readable(text: string): string {
  const trace = parseTrace(text);
  return trace ? `${new Date(trace.ts).toISOString().slice(11, 23)} ${traceWords(trace)}` : text;
}

function nameColour(paint: ChalkInstance, index: number): ChalkInstance {
  const colours = [paint.cyan, paint.magenta, paint.green, paint.yellow, paint.blue];
  return colours[index % colours.length]!;
}
