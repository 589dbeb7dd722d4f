import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { ConfigError, type Environment } from './shared/config.ts';

/** What runs in this process. `stop` finishes what was promised and then lets go of everything. */
export interface Program {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the program that the command line names: `node main.ts messaging`, `node main.ts workqueue broker`. */
async function main(args: string[], env: Environment): Promise<void> {
  const [system = '', ...rest] = args;
  const module = new URL(`./${system}/main.ts`, import.meta.url);
  if (!/^[a-z]+$/.test(system) || !existsSync(module)) {
    throw new ConfigError(`the command names no program: "${args.join(' ')}"`);
  }
  const program: Program = (await import(module.href)).create(rest, env);
  await program.start();
  // Whoever is killed cannot do so later: with NODE_COMPILE_CACHE the next start finds everything compiled.
  flushCompileCache();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void program.stop().then(() => process.exit(0), exitWith(1)));
  }
}

function exitWith(code: number): (error: unknown) => void {
  return (error) => {
    console.error(error);
    process.exit(code);
  };
}

try {
  await main(process.argv.slice(2), process.env);
} catch (error) {
  if (!(error instanceof ConfigError)) exitWith(1)(error);
  console.error((error as Error).message);
  process.exit(2);
}
