/** A part of a page that is more than text: a directive of ours, or a fenced block. */
export type Piece = { kind: 'text'; line: number; text: string } | Fence | DirectivePiece;

export interface DirectivePiece {
  kind: 'directive';
  line: number;
  text: string;
  name: string;
  argument: string;
}

export interface Fence {
  kind: 'fence';
  line: number;
  text: string;
  /** What stands behind the opening marks: `typescript`. */
  info: string;
  code: string;
}

const FENCE = /^( {0,3})(`{3,}|~{3,})\s*([^`]*)$/;
const DIRECTIVE_OPENS = /^\{\{#([a-z_]+)\s*(.*)$/;

/**
 * Takes a page of Markdown apart. Put together again, the pieces' texts are the page.
 * A directive stands on lines of its own: `{{#name argument}}`, the argument over as many lines as it likes.
 * Directives inside a fence are text.
 */
export function piecesOf(markdown: string): Piece[] {
  const lines = markdown.split('\n');
  const pieces: Piece[] = [];
  let text: string[] = [];
  const endText = (line: number) => {
    if (text.length > 0) pieces.push({ kind: 'text', line: line - text.length, text: text.join('\n') });
    text = [];
  };
  for (let index = 0; index < lines.length; index++) {
    const last = fenceEnd(lines, index) ?? directiveEnd(lines, index);
    if (last === undefined) {
      text.push(lines[index]!);
      continue;
    }
    endText(index + 1);
    pieces.push(pieceAt(lines.slice(index, last + 1), index + 1));
    index = last;
  }
  endText(lines.length + 1);
  return pieces;
}

/** Index of the line that closes a fence which opens here; an unclosed one runs to the end, as in CommonMark. */
function fenceEnd(lines: string[], index: number): number | undefined {
  const [, , marks] = FENCE.exec(lines[index]!) ?? [];
  if (!marks) return undefined;
  const closes = new RegExp(`^ {0,3}\\${marks[0]}{${marks.length},}\\s*$`);
  for (let at = index + 1; at < lines.length; at++) if (closes.test(lines[at]!)) return at;
  return lines.length - 1;
}

function directiveEnd(lines: string[], index: number): number | undefined {
  if (!DIRECTIVE_OPENS.test(lines[index]!)) return undefined;
  const found = lines.findIndex((line, at) => at >= index && line.trimEnd().endsWith('}}'));
  return found === -1 ? undefined : found;
}

function pieceAt(lines: string[], line: number): Piece {
  const text = lines.join('\n');
  const fence = FENCE.exec(lines[0]!);
  if (fence) {
    const closed = lines.length > 1 && /^\s*(`{3,}|~{3,})\s*$/.test(lines.at(-1)!);
    const code = lines.slice(1, closed ? -1 : undefined).join('\n');
    return { kind: 'fence', line, text, info: fence[3]!.trim(), code };
  }
  const [, name = '', argument = ''] = /^\{\{#([a-z_]+)\s*([\s\S]*?)\s*\}\}\s*$/.exec(text) ?? [];
  return { kind: 'directive', line, text, name, argument };
}
