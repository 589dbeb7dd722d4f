import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packagePath } from '../course/package-root.ts';
import type { Problem } from '../course/problem.ts';
import { MERMAID } from './diagram-syntax.ts';
import type { Desk, FinishedPage } from './finish-page.ts';
import { checkLink } from './links.ts';
import { hashOf, Memory } from './memory.ts';
import { type Book, type PreprocessorContext, pagesOf } from './protocol.ts';

/** What makes the pages: our own modules, and those packages whose output is in them. */
const MAKERS = [
  'src/book',
  'src/course',
  ...['@mermaid-js/tiny', 'marked', 'yaml'].map((name) => `node_modules/${name}/package.json`),
];

/** All that `readSources` reads. */
const SOURCES = ['lessons', 'solutions', 'python/solutions', 'compose', 'book/transcripts'];

/** Where finished pages are kept, in this package. */
export const MEMORY = 'node_modules/.cache/dsc/book';

/** Where the browser finds Mermaid, below `src/`: mdBook copies it as it is. Loaded only by pages with a diagram. */
const MERMAID_SCRIPT = 'assets/mermaid.tiny.js';

/**
 * Makes Markdown for mdBook out of the book's own, in place: directives are filled in, everything that could rot is checked.
 * A page that was finished before, from the same sources, is not finished again.
 * @returns every problem found; with a problem the book is not to be used
 * @throws Error `file:line: ...` when the markers of a solution are wrong
 */
export async function preprocess(context: PreprocessorContext, book: Book): Promise<Problem[]> {
  const folder = context.config.book?.src ?? 'src';
  const problems: Problem[] = [];
  const desk: Desk = {
    memory: new Memory(packagePath(MEMORY), hashOf(MAKERS.map((path) => packagePath(path)))),
    sourcesHash: hashOf(SOURCES.map((path) => packagePath(path))),
    sources: once(async () => {
      const { readSources } = await import('./sources.ts');
      const sources = await readSources();
      problems.push(...sources.problems);
      return sources;
    }),
    report: (problem) => void problems.push(problem),
  };
  const finish = async (path: string, content: string) => {
    const page = { path, file: `${basename(context.root)}/${folder}/${path}`, content };
    const from = JSON.stringify([desk.sourcesHash, page]);
    const finished = await desk.memory.recall(`page ${path}`, from, async () => {
      const { finishPage } = await import('./finish-page.ts');
      return finishPage(page, desk);
    });
    return { ...page, ...finished };
  };
  const chapters = pagesOf(book);
  const pages = await Promise.all(chapters.map(({ path, content }) => finish(path, content)));
  for (const [index, { content }] of pages.entries()) chapters[index]!.content = content;
  problems.push(...brokenLinks(pages));
  if (pages.some(({ hasDiagram }) => hasDiagram)) {
    provide(packagePath(MERMAID), join(context.root, folder, MERMAID_SCRIPT));
  }
  if (problems.length === 0) desk.memory.save();
  return problems;
}

/** Where links lead is looked up in the finished pages: directives make headings, too. */
function brokenLinks(pages: readonly (FinishedPage & { path: string; file: string })[]): Problem[] {
  const anchors = new Map(pages.map(({ path, anchors }) => [path, anchors]));
  return pages.flatMap(({ path, file, links }) =>
    links.flatMap((link) => {
      const message = checkLink(link, path, anchors);
      return message ? { file, line: link.line, message } : [];
    }),
  );
}

/** Only when it is newer: mdBook watches this folder. */
function provide(from: string, to: string): void {
  const [source, copy] = [from, to].map((file) => statSync(file, { throwIfNoEntry: false }));
  if (source && copy && copy.size === source.size && copy.mtimeMs >= source.ctimeMs) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
