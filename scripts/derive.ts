/**
 * Writes what is derived from the solutions: the starters, and the pages for browsers that servers in both languages
 * serve.
 * With `--check` nothing is written, and a file that is not up to date is an error.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { deriveTree, solutionFiles } from '../src/course/derive-tree.ts';
import { LANGUAGES } from '../src/course/languages.ts';
import { packagePath } from '../src/course/package-root.ts';
import { availableSessions, sessionFolder } from '../src/course/sessions.ts';

/** Folders with nothing in them but derived files. */
const FOLDERS = ['starters', 'python/starters', 'python/solutions/chat/page'];
/** Where a page for browsers lies in the solutions. */
const PAGE = /^[a-z]+\/page\//;
const LEFTOVERS = /(^|\/)(node_modules|__pycache__|\.(mypy|ruff|pytest)_cache)(\/|$)/;

/** Every derived file by its path in the project. */
async function wanted(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const pages = [...(await solutionFiles('typescript'))].filter(([path]) => PAGE.test(path));
  for (const [path, content] of pages) files.set(`python/solutions/${path}`, content);
  for (const language of LANGUAGES) {
    const starters = language === 'python' ? 'python/starters' : 'starters';
    for (const session of await availableSessions()) {
      const tree = await deriveTree(language, { session, kind: 'starter' });
      for (const [path, content] of pages) if (hasSystem(tree, path)) tree.set(path, content);
      for (const [path, content] of tree) files.set(`${starters}/${sessionFolder(session)}/${path}`, content);
    }
  }
  return files;
}

function hasSystem(tree: ReadonlyMap<string, string>, path: string): boolean {
  const system = path.split('/')[0];
  return tree.has(`${system}/main.ts`) || tree.has(`${system}/main.py`);
}

async function present(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of FOLDERS) {
    const root = packagePath(folder);
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((each) => each.isFile())) {
      const inside = join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .split(sep)
        .join('/');
      if (LEFTOVERS.test(inside)) continue;
      files.set(`${folder}/${inside}`, await readFile(join(root, inside), 'utf8'));
    }
  }
  return files;
}

const [want, have] = [await wanted(), await present()];
const stale = [...want].filter(([path, content]) => have.get(path) !== content).map(([path]) => path);
const stray = [...have.keys()].filter((path) => !want.has(path));

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is stale: run npm run derive`);
  for (const path of stray) console.error(`${path} is derived from nothing: run npm run derive`);
  console.log(`${want.size} derived files, ${stale.length} stale, ${stray.length} stray`);
  process.exitCode = stale.length + stray.length > 0 ? 1 : 0;
} else {
  for (const path of stale) {
    await mkdir(dirname(packagePath(path)), { recursive: true });
    await writeFile(packagePath(path), want.get(path)!);
  }
  for (const path of stray) await rm(packagePath(path));
  console.log(`${want.size} derived files, ${stale.length} written, ${stray.length} removed`);
}
