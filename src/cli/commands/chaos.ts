import { randomInt } from 'node:crypto';
import { ExitCode } from '../../course/user-error.ts';
import type { Stack } from '../../stack/stack.ts';
import { seededRandom } from '../../verify/random.ts';
import type { Context } from '../context.ts';
import { parseDuration } from '../duration.ts';
import { injectFault } from '../inject-fault.ts';
import { randomFaults } from '../random-faults.ts';
import { requireStack } from '../session-target.ts';

export interface ChaosOptions {
  fault: string;
  args?: string[];
  seed?: number;
  for?: string;
  wipe?: boolean;
  json?: boolean;
}

/** Breaks something in the running stack, or mends it. */
export async function run(options: ChaosOptions, context: Context): Promise<ExitCode> {
  const { stack } = await requireStack(context.cwd);
  const say = (text: string) =>
    context.print(options.json ? JSON.stringify({ fault: options.fault, did: text }) : text);
  if (options.fault === 'random') {
    const seed = options.seed ?? randomInt(1_000_000);
    say(
      `Random faults for ${options.for ?? '30s'}, seed ${seed}. Ctrl-C ends them; everything is undone at the end.`,
    );
    await randomFaults(stack, seededRandom(seed), parseDuration(options.for ?? '30s'), say, context.signal);
    return ExitCode.ok;
  }
  say(await injectFault(stack, options.fault, options.args ?? [], options));
  if (options.for !== undefined) await undoLater(stack, parseDuration(options.for), say, context.signal);
  return ExitCode.ok;
}

async function undoLater(
  stack: Stack,
  ms: number,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  await stack.faults.heal();
  for (const fault of await stack.faults.ledger()) {
    if ('restart' in fault.undo) await stack.restart(fault.undo.restart);
  }
  say('Undone.');
}
