import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { removeLeftovers, temporaryName } from './atomic-write.ts';

const require = createRequire(import.meta.url);

/** What nodes in TypeScript import, as `dependencies` in the solutions' package.json. */
const NEEDED_BY_NODES = ['ws'];

/** What an editor wants to know of them, and of Node. */
const TYPES = ['@types/node', '@types/ws'];

/** @returns the folder of a package that dsc has itself */
export function nodePackagePath(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

/** @returns the packages that nodes import: name to folder */
export function packagesOfNodes(): Map<string, string> {
  return new Map(NEEDED_BY_NODES.map((name) => [name, nodePackagePath(name)]));
}

/**
 * Copies what nodes import into the folder's node_modules, so that they run without network.
 * @param folder with the nodes' code in it or below it
 */
export async function layPackagesOfNodes(folder: string): Promise<void> {
  for (const [name, from] of packagesOfNodes()) await copyPackage(from, join(folder, 'node_modules', name));
}

/** Copies the types of Node and of what nodes import into the folder's node_modules: an editor shows no false errors. */
export async function layTypes(folder: string): Promise<void> {
  for (const name of TYPES) await copyPackage(nodePackagePath(name), join(folder, 'node_modules', name));
  const undici = createRequire(join(nodePackagePath('@types/node'), 'package.json'));
  const undiciTypes = dirname(undici.resolve('undici-types/package.json'));
  await copyPackage(undiciTypes, join(folder, 'node_modules', 'undici-types'));
}

/** A package that is there is left alone: the learner may have installed another version. */
async function copyPackage(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  const aside = join(dirname(to), temporaryName(basename(to)));
  await mkdir(dirname(to), { recursive: true });
  await removeLeftovers(to);
  try {
    await cp(from, aside, { recursive: true, dereference: true });
    await rename(aside, to);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
