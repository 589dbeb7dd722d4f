import { execa } from 'execa';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';

/** Speaks to the preprocessor as mdBook does. */
const mdbook = (words: string[], input = '') =>
  execa(process.execPath, [packagePath('bin', 'dsc.js'), 'preprocess', ...words], { input, reject: false });

const page = (path: string | null, content: string) => ({
  Chapter: {
    name: 'x',
    path,
    source_path: path,
    content,
    number: null,
    parent_names: [],
    sub_items: [] as unknown[],
  },
});

const given = (...items: unknown[]) => {
  const config = { book: { title: 'x', src: 'src' }, preprocessor: { dsc: { command: 'x' } } };
  return JSON.stringify([
    { root: packagePath('book'), config, renderer: 'html', mdbook_version: '0.5.4' },
    { items },
  ]);
};

test('it is for the HTML renderer alone', async () => {
  expect((await mdbook(['supports', 'html'])).exitCode).toBe(0);
  expect((await mdbook(['supports', 'markdown'])).exitCode).toBe(1);
});

test('a book without anything of ours comes back as it is, all fields kept', async () => {
  const parent = page('a.md', '# A\n\nsee [b](b.md#b)\n');
  parent.Chapter.sub_items.push(page('b.md', '# B\n'), page(null, ''));
  const items = [{ PartTitle: 'One' }, parent, 'Separator'];
  const { stdout, exitCode } = await mdbook([], given(...items));
  expect(JSON.parse(stdout)).toEqual({ items });
  expect(exitCode).toBe(0);
});

test('directives are filled in, in chapters below chapters too', async () => {
  const parent = page('a.md', '# A\n');
  parent.Chapter.sub_items.push(
    page('fundamentals/02-message-passing.md', '# M\n\n{{#code\nbackoff How long:\n}}\n\n{{#quiz}}\n'),
  );
  const { stdout } = await mdbook([], given(parent));
  const { content } = JSON.parse(stdout).items[0].Chapter.sub_items[0].Chapter;
  expect(content).toContain('Session 1 · ');
  expect(content).toMatch(/data-language="typescript"[\s\S]*How long:\n\n```typescript\n[\s\S]*backoffMs/);
  expect(content).toMatch(/data-language="python"[\s\S]*```python\n[\s\S]*def backoff_ms/);
  expect(content).toContain('<form class="quiz"');
  expect(content).not.toMatch(/ANCHOR|@exercise|\{\{#/);
});

test('problems are all told, with file and line, and nothing is given back', async () => {
  const { stdout, stderr, exitCode } = await mdbook(
    [],
    given(page('a.md', '# A\n\n{{#nothing}}\n\n[x](#y)\n')),
  );
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^book\/src\/a\.md:3: there is no directive/m);
  expect(stderr).toMatch(/^book\/src\/a\.md:5: #y: /m);
  expect(exitCode).toBe(1);
});

test('a row of the schedule has as many cells as its head, whatever a step says', async () => {
  const { stdout } = await mdbook([], given(page('a.md', '# A\n\n{{#schedule}}\n')));
  const content: string = JSON.parse(stdout).items[0].Chapter.content;
  const rows = content.split('\n').filter((line) => line.startsWith('|'));
  const bars = rows.map((row) => row.match(/(?<!\\)\|/g)!.length);
  expect(rows.join('\n')).toContain('node1\\|node2');
  expect(new Set(bars)).toEqual(new Set([4]));
});
