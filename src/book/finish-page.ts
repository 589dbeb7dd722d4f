import type { Problem } from '../course/problem.ts';
import { diagramHtml } from './diagram.ts';
import { checkDiagrams } from './diagram-syntax.ts';
import { checkFence } from './fences.ts';
import { anchorsOf, type Link, linksOf } from './links.ts';
import type { Memory } from './memory.ts';
import { type DirectivePiece, type Fence, type Piece, piecesOf } from './page.ts';
import type { Sources } from './sources.ts';

export interface PageSource {
  /** Below `src/`. */
  path: string;
  /** Its path in this package, for problems. */
  file: string;
  /** As it was written. */
  content: string;
}

/** What all pages share. */
export interface Desk {
  memory: Memory;
  /** A hash of all that `sources` reads. */
  sourcesHash: string;
  sources(): Promise<Sources>;
  /** Told of every problem. */
  report(problem: Problem): void;
}

export interface FinishedPage {
  /** Markdown, and HTML in it, for mdBook. */
  content: string;
  /** Where it leads to, by lines of its source. */
  links: Link[];
  /** What a link can lead to. */
  anchors: Set<string>;
  hasDiagram: boolean;
}

/** Fills in a page's directives, and checks all of it that can be checked without the other pages. */
export async function finishPage(page: PageSource, desk: Desk): Promise<FinishedPage> {
  const pieces = piecesOf(page.content);
  const report = (line: number, message: string) => desk.report({ file: page.file, line, message });
  const directives = pieces.filter((piece) => piece.kind === 'directive');
  checkOneCode(directives, report);
  const filling = await fill(page, directives, desk);
  const content = pieces
    .map((piece) =>
      piece.kind === 'directive' ? filling.directives[directives.indexOf(piece)]! : render(piece, report),
    )
    .join('\n');
  const diagrams = pieces.filter(isDiagram);
  await checkSyntax(page, diagrams, desk);
  const finished = filling.note === undefined ? content : underTitle(content, filling.note);
  return {
    content: finished,
    links: linksOf(pieces),
    anchors: anchorsOf(finished),
    hasDiagram: diagrams.length > 0,
  };
}

type Report = (line: number, message: string) => void;

function checkOneCode(directives: readonly DirectivePiece[], report: Report): void {
  const codes = directives.filter(({ name }) => name === 'code');
  for (const { line } of codes.slice(1)) {
    report(line, 'a page has one {{#code}}, as its headings have fixed anchors: name the regions there');
  }
}

/** Reading the sources takes longer than all else: not done when only the text around the directives has changed. */
function fill(page: PageSource, directives: readonly DirectivePiece[], desk: Desk) {
  const from = JSON.stringify([desk.sourcesHash, directives.map(({ text }) => text)]);
  return desk.memory.recall(`directives ${page.path}`, from, async () => {
    const { fillIn } = await import('./fill-in.ts');
    return fillIn(page, directives, await desk.sources(), desk.report);
  });
}

/** Mermaid and a DOM for it take longer to load than the whole book to build: diagrams are read when they change. */
async function checkSyntax({ path, file }: PageSource, diagrams: readonly Fence[], desk: Desk) {
  if (diagrams.length === 0) return;
  const codes = diagrams.map(({ code }) => code);
  const check = () => checkDiagrams(codes);
  const errors = await desk.memory.recall(`diagrams ${path}`, JSON.stringify(codes), check);
  for (const [index, error] of errors.entries()) {
    if (error) desk.report({ file, line: diagrams[index]!.line + error.line, message: error.message });
  }
}

function render(piece: Exclude<Piece, DirectivePiece>, report: Report): string {
  const reportInside = (message: string, line: number) => report(piece.line + line, message);
  if (isDiagram(piece)) return diagramHtml(piece.code, reportInside);
  if (piece.kind === 'fence') checkFence(piece, reportInside);
  const left = piece.text.split('\n').findIndex((line) => line.includes('{{#'));
  if (left !== -1) reportInside('a directive stands on a line of its own, outside of code', left);
  return piece.text;
}

function isDiagram(piece: Piece): piece is Fence & { info: 'mermaid' } {
  return piece.kind === 'fence' && piece.info === 'mermaid';
}

function underTitle(content: string, note: string): string {
  return content.replace(/^(# .*)$/m, (title) => `${title}\n\n${note}`);
}
