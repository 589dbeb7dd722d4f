import { mkdir, readFile } from 'node:fs/promises';
import { atomicWrite } from './atomic-write.ts';
import { stateFolder } from './workspace.ts';

/** What the last `dsc verify` found, for `dsc hint`. */
export interface LastRun {
  session: number;
  /** Id of the first check that did not pass; null when all passed. */
  firstFailing: string | null;
}

/** @returns undefined when nothing was verified yet */
export async function readLastRun(workspace: string): Promise<LastRun | undefined> {
  const text = await readFile(stateFolder(workspace, 'last-run.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as LastRun);
}

export async function writeLastRun(workspace: string, run: LastRun): Promise<void> {
  await mkdir(stateFolder(workspace), { recursive: true });
  await atomicWrite(stateFolder(workspace, 'last-run.json'), `${JSON.stringify(run)}\n`);
}
