import { ExitCode } from '../../course/user-error.ts';
import type { Fault } from '../../stack/faults.ts';
import type { NodeState } from '../../stack/runtime.ts';
import type { NodeStatus } from '../../stack/stack.ts';
import type { Context } from '../context.ts';
import { requireStack } from '../session-target.ts';

/** The nodes as they are now, and the faults in force. */
export async function run(options: { json?: boolean }, context: Context): Promise<ExitCode> {
  const { target, stack } = await requireStack(context.cwd);
  const [nodes, faults, wired] = await Promise.all([
    stack.status(),
    stack.faults.ledger(),
    stack.wireAnswers(),
  ]);
  if (options.json) {
    const { number } = target.lesson;
    context.print(
      JSON.stringify({
        session: number,
        runtime: stack.runtimeName,
        project: stack.project,
        wired,
        nodes,
        faults,
      }),
    );
    return ExitCode.ok;
  }
  const { paint } = context;
  const by = wired ? '' : ', started by hand: links cannot be broken';
  context.print(
    paint.bold(`Session ${target.lesson.number}: ${target.lesson.title}`),
    paint.dim(`runtime ${stack.runtimeName}${by}`),
    '',
  );
  for (const node of nodes) context.print(nodeLine(node, context));
  for (const fault of new Set(faults.map(describe))) context.print(paint.yellow(`  ⚡ ${fault}`));
  if (faults.length > 0)
    context.print('', 'Undo: dsc chaos heal (and dsc chaos restart <node> for one that was killed)');
  return ExitCode.ok;
}

function nodeLine({ name, url, state, health }: NodeStatus, { paint }: Context): string {
  const word = stateWord(state);
  const colour = state.status === 'running' ? (health ? paint.green : paint.yellow) : paint.red;
  const { id: _id, status: _status, uptimeMs: _uptimeMs, ...more } = health ?? {};
  const details = Object.entries(more)
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('  ');
  const silent = state.status === 'running' && !health ? 'does not answer /health' : '';
  return `  ${name.padEnd(10)} ${colour(word.padEnd(9))} ${url.padEnd(24)} ${paint.dim(details)}${silent}`.trimEnd();
}

function stateWord(state: NodeState): string {
  if (state.status !== 'exited') return state.status === 'absent' ? 'stopped' : state.status;
  return state.exitCode === null ? 'dead' : `exit ${state.exitCode}`;
}

function describe(fault: Fault): string {
  return `${fault.what} since ${new Date(fault.at).toTimeString().slice(0, 8)}`;
}
