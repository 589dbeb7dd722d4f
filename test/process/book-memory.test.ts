import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';
import { copyCheckout, replaceIn } from '../support/checkout.ts';

let checkout = '';
let memory = '';

/** With a node_modules of its own, where the memory is: a folder of links to the packages. */
beforeAll(async () => {
  checkout = await copyCheckout();
  const modules = join(checkout, 'node_modules');
  memory = join(modules, '.cache/dsc/book');
  await rm(modules);
  await mkdir(modules);
  const names = (await readdir(packagePath('node_modules'))).filter((name) => !name.startsWith('.'));
  await Promise.all(names.map((name) => symlink(packagePath('node_modules', name), join(modules, name))));
});

afterAll(() => rm(checkout, { recursive: true }));

const forget = () => rm(memory, { recursive: true, force: true });

/** Runs the preprocessor as mdBook does. @returns what it makes of the book as it is now */
async function build(env?: { LOADED_PACKAGES: string }): Promise<string> {
  const root = join(checkout, 'book');
  const summary = await readFile(join(root, 'src/SUMMARY.md'), 'utf8');
  const paths = [...summary.matchAll(/\]\(([^)]+\.md)\)/g)].map((match) => match[1]!);
  const items = await Promise.all(
    paths.map(async (path) => {
      const content = await readFile(join(root, 'src', path), 'utf8');
      return { Chapter: { name: path, path, content, sub_items: [] } };
    }),
  );
  const input = JSON.stringify([{ root, config: {}, renderer: 'html', mdbook_version: '0.5.4' }, { items }]);
  const observer = env ? ['--import', packagePath('test/support/loaded-packages.mjs')] : [];
  const words = [...observer, join(checkout, 'bin/dsc.js'), 'preprocess'];
  const { stdout } = await execa(process.execPath, words, { input, ...(env && { env }) });
  return stdout;
}

describe('what was kept is not used any more after a change of', () => {
  test.each<[string, string, string | RegExp, string]>([
    ['a page', 'book/src/introduction.md', /\n$/, '\nOne more line.\n'],
    [
      'a directive',
      'book/src/fundamentals/02-message-passing.md',
      '{{#compose 00-messages}}',
      '{{#compose 01-queue}}',
    ],
    ['a region', 'solutions/messaging/retry.ts', '// ANCHOR: backoff', '// ANCHOR: backoff\n// Changed.'],
    [
      'a region in Python',
      'python/solutions/messaging/retry.py',
      '# ANCHOR: backoff',
      '# ANCHOR: backoff\n# Changed.',
    ],
    [
      "a chapter's data",
      'lessons/session-01/chapters/02-message-passing.yaml',
      /why: .*/,
      'why: "It was changed."',
    ],
    ['a transcript', 'book/transcripts/one-send.console', /\n$/, '\nIt was changed.\n'],
    ['a Compose file', 'compose/00-messages/docker-compose.yml', /\n$/, '\n# It was changed.\n'],
    ['a lesson', 'lessons/session-01/lesson.ts', "concept: '", "concept: 'It was changed: "],
    ["the preprocessor's own code", 'src/book/quiz.ts', 'is right.', 'is correct.'],
  ])('%s', async (_, file, from, to) => {
    const before = await build();
    const undo = await replaceIn(join(checkout, file), from, to);
    try {
      const after = await build();
      await forget();
      expect(after).toBe(await build());
      expect(after).not.toBe(before);
    } finally {
      await undo();
    }
    expect(await build()).toBe(before);
  });
});

describe('a build does not suffer from', () => {
  let right = '';

  beforeEach(async () => {
    await forget();
    right = await build();
    expect((await readdir(memory)).length).toBeGreaterThan(10);
  });

  test.each<[string, (file: string) => Promise<void>]>([
    ['files that are cut off', (file) => truncate(file, 40)],
    ['empty files', (file) => truncate(file, 0)],
    ['files of somebody else', (file) => writeFile(file, 'x'.repeat(10_000))],
    [
      'a single wrong letter',
      async (file) => {
        const bytes = await readFile(file);
        bytes[bytes.length - 3]! ^= 1;
        await writeFile(file, bytes);
      },
    ],
  ])('%s', async (_, spoil) => {
    for (const name of await readdir(memory)) await spoil(join(memory, name));
    expect(await build()).toBe(right);
  });

  test("one page's file under another's name", async () => {
    const [one, other] = (await readdir(memory)).filter((name) => name.startsWith('page'));
    await writeFile(join(memory, one!), await readFile(join(memory, other!)));
    expect(await build()).toBe(right);
  });

  test('a folder that cannot be written', async () => {
    await forget();
    await writeFile(memory, 'a file');
    expect(await build()).toBe(right);
  });

  test('another build at the same time', async () => {
    await forget();
    expect(await Promise.all([build(), build()])).toEqual([right, right]);
    expect(await build()).toBe(right);
  });
});

test('what was kept is used: when a page is edited, no package is loaded for the others', async () => {
  const file = join(checkout, 'loaded.json');
  const loaded = async () => {
    await build({ LOADED_PACKAGES: file });
    return JSON.parse(await readFile(file, 'utf8')) as string[];
  };
  await forget();
  expect(await loaded()).toEqual(expect.arrayContaining(['yaml', 'marked', 'jsdom']));
  const undo = await replaceIn(join(checkout, 'book/src/introduction.md'), /\n$/, '\nOne more line.\n');
  expect(await loaded()).toEqual([]);
  await undo();
});
