import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveSystem } from '../../course/derive-tree.ts';
import { OUTLINE } from '../../course/outline.ts';
import { readProgress } from '../../course/progress.ts';
import { chooseSession } from '../../course/sessions.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { codeFolder, requireWorkspace } from '../../course/workspace.ts';
import { writeTree } from '../../course/write-tree.ts';
import { CoreNotRunnable } from '../../verify/simulator/load-core.ts';
import { CoreStuck, type Simulation, simulate } from '../../verify/simulator/simulate.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../output/progress.ts';
import { simulationReport } from '../output/simulation-report.ts';
import { shownPath } from '../shown-path.ts';

export interface SimulateOptions {
  session?: string;
  seed?: number;
  runs?: number;
  solution?: boolean;
  json?: boolean;
}

const SYSTEM = 'consensus';
const RUNS = 1000;
/** From one word about the progress to the next, in runs. */
const TOLD_EVERY = 250;

/** `dsc simulate`: the learner's own Raft core in a made-up network, with made-up disks and clocks. */
export async function run(options: SimulateOptions, context: Context): Promise<ExitCode> {
  context.signal.throwIfAborted(); // From here on Ctrl-C is ours: what was begun is undone.
  if (!options.solution) {
    const workspace = await requireWorkspace(context.cwd);
    const session = raftSession(options.session, (await readProgress(workspace)).session);
    const folder = codeFolder(workspace, 'typescript');
    if (existsSync(join(folder, SYSTEM, 'core.ts'))) return simulateFolder(folder, session, options, context);
    throw new UserError('There is no Raft core in TypeScript here.', {
      code: 'no-core',
      why: `The simulator runs ${shownPath(context.cwd, join(folder, SYSTEM, 'core.ts'))}.`,
      fix: `dsc start session-${session} --lang ts`,
      exitCode: ExitCode.usage,
    });
  }
  const session = raftSession(options.session, 10);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-simulate-')));
  try {
    await writeTree(folder, await deriveSystem('typescript', { session, kind: 'snapshot' }, SYSTEM));
    return await simulateFolder(folder, session, options, context);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws UserError `no-simulation` for a session that is not about Raft */
function raftSession(typed: string | undefined, current: number): number {
  const session = chooseSession(typed, current);
  const sessions = OUTLINE.filter(({ system }) => system === SYSTEM).map(({ number }) => number);
  if (sessions.includes(session)) return session;
  throw new UserError(`Session ${session} has nothing to simulate.`, {
    code: 'no-simulation',
    why: `The simulator runs the Raft core of the sessions ${sessions.join(', ')}.`,
    fix: `dsc simulate --session ${sessions[0]}`,
    exitCode: ExitCode.usage,
  });
}

async function simulateFolder(
  folder: string,
  session: number,
  options: SimulateOptions,
  context: Context,
): Promise<ExitCode> {
  const simulation = await watched(folder, session, options, context);
  if (options.json) context.print(JSON.stringify({ session, ...simulation }, null, 2));
  else {
    const shown = (path: string) => shownPath(context.cwd, path);
    const { width, paint } = context;
    context.print(...simulationReport(simulation, paint, { session, width, folder, shownPath: shown }));
  }
  return simulation.violation ? ExitCode.checksFailed : ExitCode.ok;
}

/** Shows how far it is. What a core prints is shown when it runs alone: of a thousand runs nobody could read it. */
async function watched(
  folder: string,
  session: number,
  options: SimulateOptions,
  context: Context,
): Promise<Simulation> {
  const alone = options.seed !== undefined && options.runs === undefined;
  const runs = alone ? 1 : Math.max(1, options.runs ?? RUNS);
  const progress = await ProgressLine.create(context, options.json);
  progress.step(alone ? `running seed ${options.seed}` : `running ${runs} seeds`);
  try {
    return await simulate({
      folder,
      session,
      firstSeed: options.seed ?? 1,
      runs,
      signal: context.signal,
      onProgress: (done) => {
        if (done % TOLD_EVERY === 0) progress.step(`${done} of ${runs} runs`);
      },
      onOutput: (text) => {
        if (alone) context.stderr.write(text);
      },
    });
  } catch (error) {
    throw asUserError(error, session);
  } finally {
    progress.stop();
  }
}

function asUserError(error: unknown, session: number): unknown {
  if (error instanceof CoreNotRunnable) {
    return new UserError('Your core does not run.', {
      code: 'core-not-runnable',
      why: error.message,
      fix: 'Mend it, then run dsc simulate again.',
      exitCode: ExitCode.checksFailed,
    });
  }
  if (error instanceof CoreStuck) {
    return new UserError(error.message, {
      code: 'core-stuck',
      why: 'A loop in it does not end.',
      fix: `Look for it with: dsc simulate --session ${session} --seed ${error.seed}`,
      exitCode: ExitCode.checksFailed,
    });
  }
  return error;
}
