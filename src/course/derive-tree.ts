import { readdir, readFile } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { anchorNames, derive, snippet, type View } from './derive.ts';
import type { Language } from './languages.ts';
import { packagePath } from './package-root.ts';
import { loadLesson } from './sessions.ts';

/** What every session has, whichever system it is about. */
const ALWAYS = new Set(['shared', 'data']);

/** What running code leaves behind. */
const LEFTOVERS = /(^|\/)(node_modules|__pycache__|\.(mypy|ruff|pytest)_cache)(\/|$)/;

/** The folder with a language's solutions, absolute. */
export function solutionsPath(language: Language): string {
  return language === 'python' ? packagePath('python', 'solutions') : packagePath('solutions');
}

/**
 * All files of one session in one language: the files at the top, `shared/`, and what the session needs of its own
 * system: the files that its `main` imports, directly or not, and what is no code, such as a page for browsers.
 *
 * @returns content by path (with `/`), relative to the learner's code folder, in order of the paths
 * @throws Error with `file:line` when a solution's markers are wrong
 */
export async function deriveTree(language: Language, view: View): Promise<Map<string, string>> {
  const { system } = await loadLesson(view.session);
  return deriveSystem(language, view, system);
}

/** As `deriveTree`, of a system that is named: its session need not be there yet. */
export async function deriveSystem(
  language: Language,
  view: View,
  system: string,
): Promise<Map<string, string>> {
  const tree = new Map<string, string>();
  for (const [path, source] of await solutionFiles(language)) {
    const [folder, ...rest] = path.split('/');
    if (rest.length > 0 && folder !== system && !ALWAYS.has(folder!)) continue;
    const content = isCode(path) ? derive(source, view, path) : source;
    tree.set(path, content);
  }
  const extension = language === 'python' ? 'py' : 'ts';
  const needed = importedFrom(`${system}/main.${extension}`, tree);
  for (const path of [...tree.keys()].filter((path) => path.startsWith(`${system}/`))) {
    const isNeeded = path.endsWith('/__init__.py') ? needsPackage(needed, path) : needed.has(path);
    if (isCode(path) && !isNeeded) tree.delete(path);
  }
  return tree;
}

/** A file and all that it imports of the tree, directly or not. */
function importedFrom(
  path: string,
  tree: ReadonlyMap<string, string>,
  found = new Set<string>(),
): Set<string> {
  const source = tree.get(path);
  if (source === undefined || found.has(path)) return found;
  found.add(path);
  for (const [, specifier] of source.matchAll(/^(?:import .*|} )from '(\..*)';$/gm)) {
    importedFrom(posix.join(posix.dirname(path), specifier!), tree, found);
  }
  for (const [, module] of source.matchAll(/^from (\S+) import /gm)) {
    importedFrom(`${module!.replaceAll('.', '/')}.py`, tree, found);
  }
  return found;
}

/** Whether a package of Python has a module that is needed. */
function needsPackage(needed: ReadonlySet<string>, path: string): boolean {
  const folder = posix.dirname(path);
  return [...needed].some((file) => file.startsWith(`${folder}/`));
}

/**
 * The regions that the book shows, in one language: the text of each ANCHOR of the solutions by its name.
 *
 * @throws Error when two files have an anchor of the same name
 */
export async function deriveRegions(language: Language): Promise<Map<string, string>> {
  const regions = new Map<string, string>();
  for (const [path, source] of await solutionFiles(language)) {
    if (!isCode(path)) continue;
    for (const anchor of anchorNames(source)) {
      const file = `${language === 'python' ? 'python/solutions' : 'solutions'}/${path}`;
      if (regions.has(anchor)) throw new Error(`${file}: another file has an ANCHOR: ${anchor} too`);
      regions.set(anchor, snippet(source, anchor, file));
    }
  }
  return regions;
}

/** Every file of a language's solutions with its text, by path with `/`, in order of the paths. */
export async function solutionFiles(language: Language): Promise<Map<string, string>> {
  const folder = solutionsPath(language);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !LEFTOVERS.test(path))
    .sort();
  const read = async (path: string) => [path, await readFile(join(folder, path), 'utf8')] as const;
  return new Map(await Promise.all(paths.map(read)));
}

function isCode(path: string): boolean {
  return path.endsWith('.ts') || path.endsWith('.py');
}
