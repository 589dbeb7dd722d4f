import { describe, expect, test } from 'vitest';
import { checkFence } from '../../src/book/fences.ts';
import { anchorsOf, checkLink, linksOf } from '../../src/book/links.ts';
import { piecesOf } from '../../src/book/page.ts';
import { mask, parseTranscript, shownText, writeTranscript } from '../../src/book/transcript.ts';

describe('a page', () => {
  const page = [
    '# Title',
    '',
    '{{#code',
    'one First:',
    'two',
    '}}',
    'text',
    '```mermaid',
    'flowchart TB',
    '```',
    '````text',
    '```',
    '{{#code x}}',
    '````',
    'end',
  ].join('\n');

  test('is taken apart into text, directives and fences, with their lines', () => {
    const pieces = piecesOf(page);
    expect(pieces.map(({ kind, line }) => [kind, line])).toEqual([
      ['text', 1],
      ['directive', 3],
      ['text', 7],
      ['fence', 8],
      ['fence', 11],
      ['text', 15],
    ]);
    expect(pieces[1]).toMatchObject({ name: 'code', argument: 'one First:\ntwo' });
    expect(pieces[3]).toMatchObject({ info: 'mermaid', code: 'flowchart TB' });
    expect(pieces[4]).toMatchObject({ info: 'text', code: '```\n{{#code x}}' });
  });

  test('put together again it is the same', () => {
    expect(
      piecesOf(page)
        .map(({ text }) => text)
        .join('\n'),
    ).toBe(page);
  });

  test('an unclosed fence runs to the end', () => {
    expect(piecesOf('a\n```text\nb')).toMatchObject([{ kind: 'text' }, { kind: 'fence', code: 'b' }]);
  });
});

describe('links', () => {
  test('are found in prose, not in code', () => {
    const markdown = 'see [a](b.md#c) and\n`[no](x.md)`\n```text\n[no](y.md)\n```\n[d](e.md "t")';
    expect(linksOf(piecesOf(markdown))).toEqual([
      { target: 'b.md#c', line: 1 },
      { target: 'e.md', line: 6 },
    ]);
  });

  test('headings are named as mdBook names them', () => {
    const markdown = '# A *b* `c`!\n## A b c\n### Given { #own }\n#### Straße 1.2\n```text\n# no\n```';
    expect([...anchorsOf(markdown)]).toEqual(['a-b-c', 'a-b-c-1', 'own', 'straße-12']);
  });

  test('lead to a page and a heading that exist, or outside by https', () => {
    const anchors = new Map([
      ['a/x.md', new Set(['here'])],
      ['y.md', new Set<string>()],
    ]);
    const check = (target: string) => checkLink({ target, line: 1 }, 'a/x.md', anchors);
    expect(check('#here')).toBeUndefined();
    expect(check('../y.md')).toBeUndefined();
    expect(check('https://example.org/#x')).toBeUndefined();
    expect(check('#gone')).toContain('no heading');
    expect(check('../y.md#here')).toContain('no heading');
    expect(check('z.md')).toContain('no page a/z.md');
    expect(check('http://example.org')).toContain('https');
  });
});

describe('a fence', () => {
  const complaints = (info: string, code: string) => {
    const found: [string, number][] = [];
    checkFence({ info, code }, (message, line) => found.push([message, line]));
    return found;
  };

  test('says what it is', () => {
    expect(complaints('json', '{}')).toEqual([]);
    expect(complaints('', 'x')).toHaveLength(1);
    expect(complaints('rust', 'x')).toHaveLength(1);
  });

  test('of the course languages comes from the solutions, unless it is a fragment', () => {
    expect(complaints('typescript', 'x')).toHaveLength(1);
    expect(complaints('python,fragment', 'x')).toEqual([]);
  });

  test('of a terminal shows commands; output is a transcript', () => {
    expect(complaints('console', '$ dsc list\n$ dsc stop')).toEqual([]);
    expect(complaints('console', '$ dsc list\n1 Nobody answers')).toEqual([
      [expect.stringContaining('transcript'), 2],
    ]);
  });
});

describe('a transcript', () => {
  const text = '# session 1\n% sleep 1\n$ dsc a\none\n\ntwo\n$ dsc b\n';

  test('is read and written', () => {
    const transcript = parseTranscript('x', text);
    expect(transcript.session).toBe(1);
    expect(
      transcript.steps.map(({ command, shown, output, line }) => [command, shown, output, line]),
    ).toEqual([
      ['sleep 1', false, '', 2],
      ['dsc a', true, 'one\n\ntwo', 3],
      ['dsc b', true, '', 7],
    ]);
    expect(writeTranscript(transcript)).toBe(text);
    expect(shownText(transcript)).toBe('$ dsc a\none\n\ntwo\n$ dsc b');
  });

  test('without its session, or with output before a command, is refused with file and line', () => {
    expect(() => parseTranscript('x', '$ a')).toThrow('book/transcripts/x.console:1: ');
    expect(() => parseTranscript('x', '# session 1\nout')).toThrow('book/transcripts/x.console:2: ');
  });

  test('times, ids and ports of two runs are not compared; all else is', () => {
    const first =
      'POST http://127.0.0.1:8081/x -> 504 in 805 ms {"id":"9a61597d-a8c7-4a16-8b41-5aaacd037e6a","at":1795433474418}';
    const second =
      'POST http://127.0.0.1:23456/x -> 504 in 1.2 s {"id":"00000000-0000-4000-8000-000000000000","at":1795433999999}';
    expect(mask(first)).toBe(mask(second));
    expect(mask(first)).not.toBe(mask(first.replace('504', '200')));
  });
});
