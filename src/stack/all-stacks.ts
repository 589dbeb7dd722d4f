import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { atomicWrite } from '../course/atomic-write.ts';
import type { Report, RuntimeName } from './runtime.ts';

/** A stack of some workspace on this machine, so that `dsc stop --all` finds it from anywhere. */
export interface RegisteredStack {
  project: string;
  home: string;
  runtime: RuntimeName;
}

/** Where dsc keeps what belongs to no workspace. */
export function cacheFolder(...parts: string[]): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dsc', ...parts);
}

export async function registerStack(stack: RegisteredStack): Promise<void> {
  await mkdir(cacheFolder('stacks'), { recursive: true });
  await atomicWrite(cacheFolder('stacks', `${stack.project}.json`), `${JSON.stringify(stack)}\n`);
}

export async function unregisterStack(project: string): Promise<void> {
  await rm(cacheFolder('stacks', `${project}.json`), { force: true });
}

/** Every stack that was made on this machine and not removed. One whose home has been deleted is forgotten. */
export async function registeredStacks(): Promise<RegisteredStack[]> {
  const files = await readdir(cacheFolder('stacks')).catch(() => []);
  const stacks: RegisteredStack[] = [];
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    // Another dsc may have removed its stack just now.
    const text = await readFile(cacheFolder('stacks', file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const stack = JSON.parse(text) as RegisteredStack;
    if (existsSync(stack.home)) stacks.push(stack);
    else await unregisterStack(stack.project);
  }
  return stacks;
}

/**
 * Removes every stack of this user, of every workspace on this machine, containers that only their labels tell of, and
 * images of earlier versions of dsc.
 * @returns the names of the projects removed
 */
export async function removeAllStacks(report: Report): Promise<string[]> {
  const removed = new Set<string>();
  const { ProcessRuntime } = await import('./process/runtime.ts');
  for (const { project, home, runtime } of await registeredStacks()) {
    report(`stopping ${project}`);
    if (runtime === 'process') await new ProcessRuntime(home).remove({});
    else if (!(await removeContainers(project))) continue;
    await rm(join(home, 'stack.json'), { force: true });
    await rm(join(home, 'faults.json'), { force: true });
    await unregisterStack(project);
    removed.add(project);
  }
  for (const project of await labelledProjects()) {
    report(`stopping ${project}`);
    await removeContainers(project);
    removed.add(project);
  }
  await removeImages();
  return [...removed];
}

/**
 * This user's projects of which the engine still holds something; none when no engine answers.
 * On a shared engine those of other people and machines are theirs.
 */
export async function labelledProjects(): Promise<string[]> {
  const { findEngine } = await import('./docker/engine.ts');
  const engine = await findEngine(process.env);
  if (!engine.found) return [];
  const filters = { label: ['dsc.project'] };
  const [containers, networks] = await Promise.all([
    engine.docker.listContainers({ all: true, filters }),
    engine.docker.listNetworks({ filters }),
  ]);
  const { ownedByThisUser } = await import('./docker/names.ts');
  const labels = [...containers, ...networks].map(({ Labels }) => Labels ?? {}).filter(ownedByThisUser);
  return [...new Set(labels.map((label) => label['dsc.project']!))];
}

/** @returns false when no engine answers, so that the stack stays registered */
async function removeContainers(project: string): Promise<boolean> {
  const { findEngine } = await import('./docker/engine.ts');
  const engine = await findEngine(process.env);
  if (!engine.found) return false;
  const { DockerRuntime } = await import('./docker/runtime.ts');
  await new DockerRuntime(engine, project, cacheFolder()).remove({});
  return true;
}

async function removeImages(): Promise<void> {
  const { findEngine } = await import('./docker/engine.ts');
  const engine = await findEngine(process.env);
  if (!engine.found) return;
  const { removeOldImages } = await import('./docker/remove.ts');
  await removeOldImages(engine);
}
