import { readFile } from 'node:fs/promises';
import { Marked, type RendererObject } from 'marked';
import { markedTerminal } from 'marked-terminal';
import type { Language } from '../course/languages.ts';
import { packagePath } from '../course/package-root.ts';
import { ExitCode, UserError } from '../course/user-error.ts';
import { DIRECTIVES } from './directives.ts';
import { headingsOf } from './links.ts';
import { type Piece, piecesOf } from './page.ts';
import { readSources, type Sources } from './sources.ts';

/**
 * A page for reading in the terminal, code in one language.
 * @param page below `book/src/`
 * @param options.anchor a heading: only its section is given
 * @param options.width columns
 * @throws UserError `no-such-heading`
 * @param options.colour whether escape sequences may be used
 */
export async function renderInTerminal(
  page: string,
  options: { anchor?: string | undefined; language: Language; width: number; colour: boolean },
): Promise<string> {
  const [source, sources] = await Promise.all([
    readFile(packagePath('book', 'src', page), 'utf8'),
    readSources(),
  ]);
  const whole = piecesOf(source)
    .map((piece) => forTerminal(piece, page, options.language, sources))
    .join('\n');
  const markdown = (options.anchor === undefined ? whole : sectionOf(whole, options.anchor)).replace(
    /^(#+ .*?) \{ #[\w-]+ \}$/gm,
    '$1',
  );
  const marked = new Marked(
    markedTerminal({ width: options.width, reflowText: true, showSectionPrefix: false, tab: 2 }) as object,
  );
  marked.use({ renderer: OVER_MARKED_TERMINAL });
  const text = await marked.parse(markdown);
  return options.colour ? text : withoutEscapes(text);
}

/** From the heading to the next one that is as high. */
function sectionOf(markdown: string, anchor: string): string {
  const headings = headingsOf(markdown);
  const start = headings.findIndex((heading) => heading.anchor === anchor);
  const from = headings[start];
  if (!from) {
    throw new UserError(`The page has no heading "${anchor}".`, {
      code: 'no-such-heading',
      why: `It has ${headings.map((heading) => heading.anchor).join(', ')}.`,
      fix: 'Leave out what is behind the #.',
      exitCode: ExitCode.usage,
    });
  }
  const next = headings.slice(start + 1).find(({ level }) => level <= from.level);
  return markdown
    .split('\n')
    .slice(from.line - 1, next && next.line - 1)
    .join('\n');
}

/** Where marked-terminal 7 is behind marked: what list items hold stays raw, and a checkbox comes twice. */
const OVER_MARKED_TERMINAL: RendererObject = {
  text(token) {
    return 'tokens' in token && token.tokens ? this.parser.parseInline(token.tokens) : token.text;
  },
  checkbox: () => '',
  link({ href, tokens }) {
    const text = this.parser.parseInline(tokens);
    return /^https:/.test(href) && href !== text ? `${text} (${href})` : text;
  },
};

function forTerminal(piece: Piece, page: string, language: Language, sources: Sources): string {
  if (piece.kind === 'directive') {
    const chapter = sources.chapters.find((each) => each.page === page);
    const use = { argument: piece.argument, sources, chapter, report: () => {} };
    return DIRECTIVES[piece.name]?.terminal(use, language) ?? '';
  }
  if (piece.kind !== 'fence') return piece.text;
  const [shown = '', fragment] = piece.info.split(',');
  if (fragment && shown !== language) return '';
  if (shown === 'mermaid')
    return `*${/accDescr: *(.*)/.exec(piece.code)?.[1] ?? 'A diagram.'}* (drawn in the browser: \`dsc book\`)`;
  return piece.text;
}

function withoutEscapes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\x1b\[[0-9;]*m|\x1b\]8;;.*?(\x07|\x1b\\)/g, '');
}
