import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bookSource, buildBook } from '../../src/book/mdbook.ts';
import { serveBook } from '../../src/book/serve.ts';
import { WorkspaceCluster } from '../../src/cli/workspace-cluster.ts';
import { findEngine } from '../../src/stack/docker/engine.ts';
import { writeSolution } from '../../src/verify/write-solution.ts';
import { findChromium } from '../support/chromium.ts';
import { dsc, json } from '../support/dsc.ts';
import { visit } from '../support/live-page.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Of each system: a session, what is asked of it, and what the panel then shows. */
const SYSTEMS = [
  {
    session: 1,
    asks: [['node1', 'POST', '/send', '-d', '{"to":"node2","type":"echo","data":"hello"}']],
    title: 'Messages handled',
    shows: /node2[^n]*1/,
  },
  {
    session: 2,
    asks: [['broker', 'POST', '/task', '-d', '{"id":"seen","data":{"op":"echo"}}']],
    title: 'Tasks',
    shows: /completed [1-9].*seen/s,
  },
  {
    session: 3,
    asks: [['node1', 'PUT', '/key', '-d', '{"value":1}']],
    title: 'The ring',
    shows: /node1: \d+% of the ring, holds \d+ keys/,
  },
  {
    session: 5,
    asks: [['node1', 'PUT', '/key', '-d', '{"value":1}']],
    title: 'The replicas',
    shows: /leader.*up to date/s,
  },
  { session: 7, asks: [], title: 'Rooms', shows: /general.*1alice/ },
  {
    session: 10,
    asks: [['node1', 'PUT', '/kv/key', '-d', '{"value":1}']],
    title: 'Terms, votes and logs',
    shows: /leader, term \d+, voted for node\d, log [2-9], commit [2-9]/,
  },
] as const;

/** Alice says something in a room, and stays. */
async function sayHello(workspace: string): Promise<void> {
  const { nodes } = json(await dsc(['status', '--json'], workspace));
  const socket = new WebSocket(`${nodes[0].url.replace('http', 'ws')}/ws?userId=alice`);
  onTestFinished(() => socket.close());
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.send(JSON.stringify({ type: 'join', roomId: 'general' }));
  socket.send(JSON.stringify({ type: 'message', roomId: 'general', content: 'hello', clientMessageId: '1' }));
}

const engine = await findEngine(process.env);
const RUNTIMES = engine.found ? ['process', 'docker'] : ['process'];

let book = '';
let browser: Browser;

beforeAll(async () => {
  book = await realpath(await mkdtemp(join(tmpdir(), 'dsc-book-')));
  await buildBook({ source: bookSource(), target: book, report: () => {}, complain: console.error });
  browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  await rm(book, { recursive: true, force: true });
});

describe.each(RUNTIMES)('on %s', (runtime) => {
  for (const { session, asks, title, shows } of SYSTEMS) {
    for (const [lang, language] of [
      ['ts', 'typescript'],
      ['py', 'python'],
    ] as const) {
      test(`session ${session} in ${lang} is seen at work in the panel, and a node dies there`, async () => {
        const folder = await temporaryFolder();
        const workspace = join(folder, 'course');
        const start = [
          'start',
          `session-${session}`,
          '--lang',
          lang,
          '--runtime',
          runtime,
          '--yes',
          '--dir',
          workspace,
        ];
        await dsc(start, folder);
        await writeSolution(join(folder, 'solution'), session);
        await cp(join(folder, 'solution', language), join(workspace, language), { recursive: true });
        expect((await dsc(start, folder)).stderr).not.toContain('✖');
        const cluster = new WorkspaceCluster(workspace);
        const server = await serveBook(book, 0, cluster);
        try {
          const { page, complaints } = await visit(browser, `${server.url}/introduction.html`);
          const within = { timeout: 30_000 };
          await page.getByRole('heading', { name: title }).waitFor(within);
          if (session === 7) await sayHello(workspace);
          for (const words of asks)
            await expect
              .poll(async () => (await dsc(['call', ...words], workspace)).stdout, within)
              .not.toMatch(/no_leader/);
          const heading = page.getByRole('heading', { name: title });
          const view = page.locator('#live-panel section', { has: heading });
          await expect.poll(() => view.textContent(), within).toMatch(shows);
          const last = page.locator('.live-node').last();
          await last.getByRole('button', { name: /^Kill/ }).click();
          await expect.poll(() => last.textContent(), within).toContain('is dead');
          await last.getByRole('button', { name: /^Restart/ }).click();
          await expect.poll(() => last.textContent(), within).toContain('runs');
          expect(complaints).toEqual([]);
          await page.unrouteAll({ behavior: 'ignoreErrors' });
          await page.context().close();
        } finally {
          await server.close();
          await cluster.end();
          await dsc(['stop'], workspace);
        }
      });
    }
  }
});
