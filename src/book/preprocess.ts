import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Chapter } from '../course/chapter.ts';
import type { Problem } from '../course/problem.ts';
import { diagramHtml } from './diagram.ts';
import { checkDiagrams, mermaidFile } from './diagram-syntax.ts';
import { DIRECTIVES } from './directives.ts';
import { checkFence } from './fences.ts';
import { anchorsOf, checkLink, linksOf } from './links.ts';
import { type Piece, piecesOf } from './page.ts';
import { type Book, type PreprocessorContext, pagesOf } from './protocol.ts';
import { timeNote } from './schedule.ts';
import { readSources, type Sources } from './sources.ts';

/** Where the browser finds Mermaid, below `src/`: mdBook copies it as it is. Loaded only by pages with a diagram. */
const MERMAID_SCRIPT = 'assets/mermaid.tiny.js';

/** What a fence with a diagram says of itself. */
const MERMAID = 'mermaid';

/**
 * Makes Markdown for mdBook out of the book's own, in place: directives are filled in, everything that could rot is checked.
 * @returns every problem found; with a problem the book is not to be used
 * @throws Error `file:line: ...` when the markers of a solution are wrong
 */
export async function preprocess(context: PreprocessorContext, book: Book): Promise<Problem[]> {
  const source = `${basename(context.root)}/${context.config.book?.src ?? 'src'}`;
  const sources = await readSources();
  const problems = [...sources.problems];
  const pages = pagesOf(book);
  const diagrams: { page: string; line: number; text: string }[] = [];
  const links = pages.map((page) => ({ page: page.path, links: linksOf(page.content) }));
  for (const page of pages) {
    const file = `${source}/${page.path}`;
    const chapter = sources.chapters.find((each) => each.page === page.path);
    const report = (line: number, message: string) => void problems.push({ file, line, message });
    const reportData = (line: number, message: string) =>
      void problems.push({ file: chapter?.file ?? file, line, message });
    const pieces = piecesOf(page.content);
    for (const piece of pieces) {
      if (piece.kind === 'fence' && piece.info === MERMAID)
        diagrams.push({ page: page.path, line: piece.line, text: piece.code });
    }
    page.content = pieces.map((piece) => render(piece, { sources, chapter, report, reportData })).join('\n');
    if (chapter) page.content = underTitle(page.content, timeNote(chapter));
  }
  const anchors = new Map(pages.map(({ path, content }) => [path, anchorsOf(content)]));
  for (const { page, links: own } of links) {
    for (const link of own) {
      const message = checkLink(link, page, anchors);
      if (message) problems.push({ file: `${source}/${page}`, line: link.line, message });
    }
  }
  const syntax = await checkDiagrams(diagrams.map(({ text }) => text));
  for (const [index, error] of syntax.entries()) {
    const { page, line } = diagrams[index]!;
    if (error) problems.push({ file: `${source}/${page}`, line: line + error.line, message: error.message });
  }
  if (diagrams.length > 0)
    await provide(mermaidFile(), join(context.root, context.config.book?.src ?? 'src', MERMAID_SCRIPT));
  return problems;
}

interface Place {
  sources: Sources;
  chapter: Chapter | undefined;
  /** At a line of the page. */
  report(line: number, message: string): void;
  /** At a line of the chapter's data file. */
  reportData(line: number, message: string): void;
}

function render(piece: Piece, { sources, chapter, report, reportData }: Place): string {
  if (piece.kind === 'directive') {
    const directive = DIRECTIVES[piece.name];
    const use = {
      argument: piece.argument,
      sources,
      chapter,
      report: (message: string, line?: number) =>
        line === undefined ? report(piece.line, message) : reportData(line, message),
    };
    if (directive) return directive.html(use);
    report(
      piece.line,
      `there is no directive {{#${piece.name}}}; they are ${Object.keys(DIRECTIVES).join(', ')}`,
    );
    return '';
  }
  if (piece.kind === 'fence' && piece.info === MERMAID) {
    return diagramHtml(piece.code, (message, line) => report(piece.line + line, message));
  }
  if (piece.kind === 'fence') checkFence(piece, (message, line) => report(piece.line + line, message));
  const left = piece.text.split('\n').findIndex((line) => line.includes('{{#'));
  if (left !== -1) report(piece.line + left, 'a directive stands on a line of its own, outside of code');
  return piece.text;
}

function underTitle(content: string, note: string): string {
  return content.replace(/^(# .*)$/m, (title) => `${title}\n\n${note}`);
}

/** Only when it differs: mdBook watches this folder. */
async function provide(from: string, to: string): Promise<void> {
  const read = (file: string) => readFile(file).catch(() => undefined);
  const [wanted, present] = await Promise.all([read(from), read(to)]);
  if (wanted && present?.equals(wanted)) return;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}
