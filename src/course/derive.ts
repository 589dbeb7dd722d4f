/** Which state of a solution is wanted: what a learner of the session starts from, or ends with. */
export interface View {
  session: number;
  kind: 'starter' | 'snapshot';
}

/** What a line of a marked source is. */
type Line =
  | { kind: 'code'; text: string }
  | { kind: 'stub'; text: string }
  | { kind: 'open'; region: Region }
  | { kind: 'close' }
  | { kind: 'anchor'; name: string; opens: boolean };

interface Region {
  tag: 'exercise' | 'since' | 'until';
  session: number;
  /** Of an exercise: its id. */
  id: string;
  /** Line of the marker, from 1. */
  line: number;
}

/**
 * Derives a starter or a snapshot of one session from a marked solution.
 *
 *     // @exercise 8 grant-vote   the solution of session 8, up to @end
 *     // ~ throw ...              "~" lines stand in its place in the starter
 *     // @since 9 ... // @end     there from session 9 on
 *     // @until 9 ... // @end     its "~" lines are there before session 9
 *     // ANCHOR: x ... // ANCHOR_END: x   a snippet of the book; these lines are dropped
 *
 * Python has the same markers behind `#`.
 *
 * @param file names the source in errors
 * @throws Error with `file:line` when the markers are wrong
 */
export function derive(source: string, view: View, file: string): string {
  const open: Region[] = [];
  const anchors = new Map<string, number>();
  const kept: string[] = [];
  for (const [index, text] of source.split('\n').entries()) {
    const at = `${file}:${index + 1}`;
    const line = readLine(text, index + 1, at);
    switch (line.kind) {
      case 'code':
        if (open.every((region) => showsCode(region, view))) kept.push(line.text);
        break;
      case 'stub':
        if (open.length === 0) throw new Error(`${at}: "~" outside a region`);
        if (showsStub(open, view)) kept.push(line.text);
        break;
      case 'open':
        open.push(line.region);
        break;
      case 'close':
        if (!open.pop()) throw new Error(`${at}: @end without a region`);
        break;
      case 'anchor':
        trackAnchor(anchors, line, index + 1, at);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) throw new Error(`${file}:${unclosed.line}: @${unclosed.tag} is never closed`);
  for (const [name, line] of anchors) throw new Error(`${file}:${line}: ANCHOR: ${name} is never closed`);
  return closeGaps(kept, file);
}

/**
 * The lines of an anchor in their final state, without markers and without the indentation they share.
 *
 * @throws Error when the source has no such anchor, or with `file:line` when the markers are wrong
 */
export function snippet(source: string, anchor: string, file: string): string {
  const lines = source.split('\n');
  const border = (word: string) => {
    const marker = new RegExp(`^\\s*(?://|#) ${word}: ${anchor}$`);
    return lines.findIndex((text) => marker.test(text));
  };
  const [start, end] = [border('ANCHOR'), border('ANCHOR_END')];
  if (start === -1) throw new Error(`${file}: there is no ANCHOR: ${anchor}`);
  if (end === -1) throw new Error(`${file}:${start + 1}: ANCHOR: ${anchor} is never closed`);
  const final = { session: Number.MAX_SAFE_INTEGER, kind: 'snapshot' } as const;
  const text = derive(lines.slice(start + 1, end).join('\n'), final, `${file} (${anchor})`);
  const indents = text.split('\n').flatMap((row) => (row.trim() === '' ? [] : row.search(/\S/)));
  const shared = Math.min(...indents);
  return `${text
    .split('\n')
    .map((row) => row.slice(shared))
    .join('\n')
    .trim()}\n`;
}

/** Names of a source's anchors, in order. */
export function anchorNames(source: string): string[] {
  return [...source.matchAll(/^\s*(?:\/\/|#) ANCHOR: (\S+)$/gm)].map((match) => match[1]!);
}

/** Ids of a source's exercises, in order, each once. */
export function exerciseIds(source: string): string[] {
  return [
    ...new Set([...source.matchAll(/^\s*(?:\/\/|#) @exercise \d+ ([a-z-]+)$/gm)].map((match) => match[1]!)),
  ];
}

function readLine(text: string, line: number, at: string): Line {
  const [, indent = '', rest] = /^(\s*)(?:\/\/|#) (.*)$/.exec(text) ?? [];
  if (rest === undefined) return { kind: 'code', text };
  if (/^~( |$)/.test(rest)) return { kind: 'stub', text: (indent + rest.slice(2)).trimEnd() };
  const anchor = /^ANCHOR(_END)?: (\S+)$/.exec(rest);
  if (anchor) return { kind: 'anchor', name: anchor[2]!, opens: anchor[1] === undefined };
  const [, tag, argument = ''] = /^@(exercise|since|until|end)\b ?(.*)$/.exec(rest) ?? [];
  if (tag === undefined) return { kind: 'code', text };
  if (tag === 'end') return { kind: 'close' };
  const [number = '', id = '', ...more] = argument.split(' ');
  const session = Number(number);
  if (!/^[1-9]\d*$/.test(number)) {
    throw new Error(`${at}: @${tag} needs a session number, not "${number}"`);
  }
  if (tag === 'exercise' ? !/^[a-z][a-z-]*$/.test(id) || more.length > 0 : id !== '') {
    throw new Error(`${at}: it must read "@${tag} ${number}${tag === 'exercise' ? ' the-id' : ''}"`);
  }
  return { kind: 'open', region: { tag: tag as Region['tag'], session, id, line } };
}

/** Whether the region's own lines are there. */
function showsCode(region: Region, view: View): boolean {
  switch (region.tag) {
    case 'exercise':
      return isSolved(region, view);
    case 'since':
      return view.session >= region.session;
    case 'until':
      // Its lines that are not stubs are a solution's that the old ones gave way to.
      return view.session >= region.session;
  }
}

/** Whether "~" lines in the innermost of these regions are there. */
function showsStub(open: readonly Region[], view: View): boolean {
  const innermost = open.at(-1)!;
  if (!open.slice(0, -1).every((region) => showsCode(region, view))) return false;
  if (innermost.tag === 'exercise') return !isSolved(innermost, view);
  return view.session < innermost.session;
}

/** Exercises of earlier sessions are done; one of the session itself is done in its snapshot. */
function isSolved(region: Region, view: View): boolean {
  return region.session < view.session || (region.session === view.session && view.kind === 'snapshot');
}

function trackAnchor(
  anchors: Map<string, number>,
  { name, opens }: { name: string; opens: boolean },
  line: number,
  at: string,
): void {
  if (opens && anchors.has(name)) throw new Error(`${at}: ANCHOR: ${name} is open already`);
  if (opens) anchors.set(name, line);
  else if (!anchors.delete(name)) throw new Error(`${at}: ANCHOR_END: ${name} without its ANCHOR`);
}

/** Blank lines on both sides of a dropped line would add up; the formatters allow one, or two at Python's top level. */
function closeGaps(lines: readonly string[], file: string): string {
  const python = file.includes('.py');
  const kept: string[] = [];
  let blanks = 0;
  for (const line of lines) {
    if (line === '') {
      blanks += 1;
      continue;
    }
    const most = python && !/^\s/.test(line) ? 2 : 1;
    if (kept.length > 0) kept.push(...Array<string>(Math.min(blanks, most)).fill(''));
    kept.push(line);
    blanks = 0;
  }
  return kept.length > 0 ? `${kept.join('\n')}\n` : '';
}
