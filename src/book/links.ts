import { posix } from 'node:path';
import { type Piece, piecesOf } from './page.ts';

export interface Link {
  target: string;
  /** In the page's source, from 1. */
  line: number;
}

/** Links and images of a page, without those in code. */
export function linksOf(pieces: readonly Piece[]): Link[] {
  return pieces.flatMap((piece) => {
    if (piece.kind !== 'text') return [];
    return piece.text.split('\n').flatMap((text, index) => {
      const prose = text.replace(/`[^`]*`/g, '');
      const found = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
      return [...found].map((match) => ({ target: match[1]!, line: piece.line + index }));
    });
  });
}

export interface Heading {
  level: number;
  /** What it is called in a link. */
  anchor: string;
  /** From 1. */
  line: number;
}

/**
 * The headings of a finished page, with the names that mdBook gives them.
 * Source: `id_from_content` and `unique_id` in mdBook 0.5's `mdbook-html`.
 */
export function headingsOf(markdown: string): Heading[] {
  const headings: Heading[] = [];
  const taken = new Set<string>();
  for (const piece of piecesOf(markdown)) {
    if (piece.kind !== 'text') continue;
    for (const [index, text] of piece.text.split('\n').entries()) {
      const [, marks, title, attributes = ''] = /^(#{1,6}) +(.*?)(?:\s+\{([^}]*)\})?\s*#*$/.exec(text) ?? [];
      if (!marks) continue;
      const anchor = unique(/#([^\s}]+)/.exec(attributes)?.[1] ?? anchorOf(title!), taken);
      taken.add(anchor);
      headings.push({ level: marks.length, anchor, line: piece.line + index });
    }
  }
  return headings;
}

/** Everything in a finished page that a link can lead to. */
export function anchorsOf(markdown: string): Set<string> {
  const given = [...markdown.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1]!);
  return new Set([...headingsOf(markdown).map(({ anchor }) => anchor), ...given]);
}

function anchorOf(heading: string): string {
  return [...heading.replace(/[`*]/g, '').toLowerCase()]
    .map((sign) => (/[\p{L}\p{N}_-]/u.test(sign) ? sign : /\s/.test(sign) ? '-' : ''))
    .join('');
}

function unique(anchor: string, taken: ReadonlySet<string>): string {
  for (let count = 0; ; count++) {
    const candidate = count === 0 ? anchor : `${anchor}-${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/**
 * @param page path of the page the link is on, below `src/`
 * @param anchors of every page, by path
 * @returns what is wrong with it, or undefined
 */
export function checkLink(
  { target }: Link,
  page: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  if (/^https:\/\//.test(target)) return undefined;
  if (/^[a-z]+:/i.test(target)) return `${target}: outside links are https`;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : posix.join(posix.dirname(page), decodeURI(path));
  const known = anchors.get(file);
  if (!known) return `${target}: there is no page ${file} in SUMMARY.md`;
  if (anchor !== undefined && !known.has(anchor)) return `${target}: ${file} has no heading with this anchor`;
  return undefined;
}
