import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Chapter } from '../course/chapter.ts';
import type { Problem } from '../course/problem.ts';
import { diagramHtml } from './diagram.ts';
import { checkDiagrams, mermaidFile } from './diagram-syntax.ts';
import { DIRECTIVES } from './directives.ts';
import { checkFence } from './fences.ts';
import { anchorsOf, checkLink, type Link, linksOf } from './links.ts';
import { type Fence, type Piece, piecesOf } from './page.ts';
import { type Book, type BookChapter, type PreprocessorContext, pagesOf } from './protocol.ts';
import { timeNote } from './schedule.ts';
import { readSources, type Sources } from './sources.ts';

/** Where the browser finds Mermaid, below `src/`: mdBook copies it as it is. Loaded only by pages with a diagram. */
const MERMAID_SCRIPT = 'assets/mermaid.tiny.js';

interface Page {
  chapter: BookChapter & { path: string };
  /** Its path in this package, for problems. */
  file: string;
  /** What it is made of, as it was written. */
  pieces: Piece[];
  links: Link[];
}

/**
 * Makes Markdown for mdBook out of the book's own, in place: directives are filled in, everything that could rot is checked.
 * @returns every problem found; with a problem the book is not to be used
 * @throws Error `file:line: ...` when the markers of a solution are wrong
 */
export async function preprocess(context: PreprocessorContext, book: Book): Promise<Problem[]> {
  const folder = context.config.book?.src ?? 'src';
  const sources = await readSources();
  const pages = pagesOf(book).map((chapter) => ({
    chapter,
    file: `${basename(context.root)}/${folder}/${chapter.path}`,
    pieces: piecesOf(chapter.content),
    links: linksOf(chapter.content),
  }));
  const problems = [
    ...sources.problems,
    ...pages.flatMap((page) => fillIn(page, sources)),
    ...brokenLinks(pages),
    ...(await unreadableDiagrams(pages)),
  ];
  if (pages.some(({ pieces }) => pieces.some(isDiagram))) {
    await provide(mermaidFile(), join(context.root, folder, MERMAID_SCRIPT));
  }
  return problems;
}

/** Writes the page's content anew. */
function fillIn({ chapter: page, file, pieces }: Page, sources: Sources): Problem[] {
  const problems: Problem[] = [];
  const chapter = sources.chapters.find((each) => each.page === page.path);
  const place: Place = {
    sources,
    chapter,
    report: (line, message) => void problems.push({ file, line, message }),
    reportData: (line, message) => void problems.push({ file: chapter?.file ?? file, line, message }),
  };
  const codes = pieces.filter((piece) => piece.kind === 'directive' && piece.name === 'code');
  for (const { line } of codes.slice(1)) {
    place.report(
      line,
      'a page has one {{#code}}, as its headings have fixed anchors: name the regions there',
    );
  }
  page.content = pieces.map((piece) => render(piece, place)).join('\n');
  if (chapter) page.content = underTitle(page.content, timeNote(chapter));
  return problems;
}

/** Where links lead is looked up in the finished pages: directives make headings, too. */
function brokenLinks(pages: readonly Page[]): Problem[] {
  const anchors = new Map(pages.map(({ chapter }) => [chapter.path, anchorsOf(chapter.content)]));
  return pages.flatMap(({ chapter, file, links }) =>
    links.flatMap((link) => {
      const message = checkLink(link, chapter.path, anchors);
      return message ? { file, line: link.line, message } : [];
    }),
  );
}

async function unreadableDiagrams(pages: readonly Page[]): Promise<Problem[]> {
  const diagrams = pages.flatMap(({ file, pieces }) =>
    pieces.filter(isDiagram).map(({ line, code }) => ({ file, line, code })),
  );
  const errors = await checkDiagrams(diagrams.map(({ code }) => code));
  return diagrams.flatMap(({ file, line }, index) => {
    const error = errors[index];
    return error ? { file, line: line + error.line, message: error.message } : [];
  });
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
  if (isDiagram(piece)) {
    return diagramHtml(piece.code, (message, line) => report(piece.line + line, message));
  }
  if (piece.kind === 'fence') checkFence(piece, (message, line) => report(piece.line + line, message));
  const left = piece.text.split('\n').findIndex((line) => line.includes('{{#'));
  if (left !== -1) report(piece.line + left, 'a directive stands on a line of its own, outside of code');
  return piece.text;
}

function isDiagram(piece: Piece): piece is Fence & { info: 'mermaid' } {
  return piece.kind === 'fence' && piece.info === 'mermaid';
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
