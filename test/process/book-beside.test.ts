import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bookSource, buildBook, renderedBook } from '../../src/book/mdbook.ts';
import { writeSolution } from '../../src/verify/write-solution.ts';
import { dsc, json } from '../support/dsc.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

beforeAll(async () => {
  if (existsSync(join(renderedBook(), 'index.html'))) return;
  await buildBook({ source: bookSource(), report: () => {}, complain: console.error });
});

const text = async (url: string) => (await fetch(url)).text();

test('dsc start serves the book beside the nodes until dsc stop; a failed verify leads into it', async () => {
  const workspace = join(await temporaryFolder(), 'course');
  const words = [
    'start',
    'session-1',
    '--runtime',
    'process',
    '--yes',
    '--dir',
    workspace,
    '--book',
    '--json',
  ];
  const { book } = json(await dsc(words, '/tmp'));
  try {
    expect(book).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/fundamentals\/01-what-is-ds\.html$/);
    const token = /name="dsc-live" content="([\w-]+)"/.exec(await text(book))?.[1];
    const { origin } = new URL(book);

    // Whoever starts or opens the book again finds the same server.
    expect(json(await dsc(words, '/tmp')).book).toBe(book);
    const opened = await dsc(['book', '2', '--no-open'], workspace);
    expect(opened).toMatchObject({
      exitCode: 0,
      stdout: `The book: ${origin}/fundamentals/02-message-passing.html`,
    });

    await writeSolution(workspace, 1);
    const file = join(workspace, 'typescript', 'messaging', 'retry.ts');
    const code = await readFile(file, 'utf8');
    await writeFile(
      file,
      code.replace('if (performance.now() + pause >= deadline) throw', 'if (pause > 0) throw'),
    );
    const failed = await dsc(['verify'], workspace);
    expect(failed.exitCode).toBe(1);
    const address = new URL(/http:\S+/.exec(failed.stdout)![0]);
    expect(`${address.origin}${address.pathname}`).toMatch(`${origin}/fundamentals/`);
    const [run, check] = ['run', 'check'].map((name) => address.searchParams.get(name));
    const recorded = JSON.parse(await text(`${origin}/live/runs/${run}?token=${token}&check=${check}`));
    expect(recorded.steps.length).toBeGreaterThan(2);
    expect(json(await dsc(['replay', '--json'], workspace)).steps).toEqual(recorded.steps);

    expect((await dsc(['stop'], workspace)).exitCode).toBe(0);
    await expect.poll(() => fetch(book).then(String, () => 'gone'), { timeout: 20_000 }).toBe('gone');
  } finally {
    await dsc(['stop'], workspace);
  }
});

test('dsc start serves nothing where nobody reads, or nobody wants it', async () => {
  const workspace = join(await temporaryFolder(), 'course');
  for (const more of [[], ['--no-book']]) {
    const words = ['start', 'session-1', '--runtime', 'process', '--yes', '--dir', workspace, ...more];
    expect((await dsc(words, '/tmp')).stdout).toContain('Read:  npx dsc book 1');
    expect(existsSync(join(workspace, '.dsc', 'book.json'))).toBe(false);
  }
  await dsc(['stop'], workspace);
});
