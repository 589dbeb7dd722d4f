import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Core } from './core.ts';

/** The folder holds no core that could be run. The message says what is the matter with it. */
export class CoreNotRunnable extends Error {}

/**
 * Imports a Raft core.
 *
 * @param folder of the code: the core is `consensus/core.ts` in it
 * @throws CoreNotRunnable when it is not there, cannot be read as TypeScript, or lacks what it must export
 */
export async function loadCore(folder: string, session: number): Promise<Core> {
  const core = await load(join(folder, 'consensus', 'core.ts'));
  const machine = session >= 10 ? await load(join(folder, 'consensus', 'state-machine.ts')) : {};
  const all = { ...core, ...machine };
  for (const name of ['createState', 'step', ...(session >= 10 ? ['StateMachine'] : [])]) {
    if (typeof all[name] === 'function') continue;
    throw new CoreNotRunnable(
      `consensus/${name === 'StateMachine' ? 'state-machine' : 'core'}.ts does not export ${name}.`,
    );
  }
  return all as unknown as Core;
}

async function load(file: string): Promise<Record<string, unknown>> {
  if (!existsSync(file)) throw new CoreNotRunnable(`There is no ${file}.`);
  try {
    return { ...(await import(pathToFileURL(file).href)) };
  } catch (error) {
    throw new CoreNotRunnable(
      `${file} cannot be imported: ${error instanceof Error ? error.message : error}`,
    );
  }
}
