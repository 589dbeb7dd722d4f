import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookSource, buildBook } from '../../src/book/mdbook.ts';
import { type BookServer, serveBook } from '../../src/book/serve.ts';
import { WorkspaceCluster } from '../../src/cli/workspace-cluster.ts';
import { writeSolution } from '../../src/verify/write-solution.ts';
import { findChromium } from '../support/chromium.ts';
import { dsc, json } from '../support/dsc.ts';
import { seriousViolations, visit } from '../support/live-page.ts';

const CHAPTER = 'fundamentals/02-message-passing.html';
const WITHIN = { timeout: 30_000 };

let folder = '';
let workspace = '';
let browser: Browser;
let cluster: WorkspaceCluster;
let server: BookServer;
let page: Page;
let complaints: string[];

/** Session 1 runs, with code that gives up after the first attempt. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-live-')));
  workspace = join(folder, 'course');
  const start = ['start', 'session-1', '--runtime', 'process', '--yes', '--dir', workspace];
  expect((await dsc(start, folder)).exitCode).toBe(0);
  await writeSolution(join(folder, 'solution'), 1);
  await cp(join(folder, 'solution', 'typescript'), join(workspace, 'typescript'), { recursive: true });
  const code = await readFile(retry(), 'utf8');
  await writeFile(
    retry(),
    code.replace('if (performance.now() + pause >= deadline) throw', 'if (pause > 0) throw'),
  );
  expect((await dsc(start, folder)).exitCode).toBe(0);
  const target = join(folder, 'book');
  await buildBook({ source: bookSource(), target, report: () => {}, complain: console.error });
  cluster = new WorkspaceCluster(workspace);
  server = await serveBook(target, 0, cluster);
  browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
  ({ page, complaints } = await visit(browser, `${server.url}/${CHAPTER}`));
});

afterAll(async () => {
  await page?.unrouteAll({ behavior: 'ignoreErrors' });
  await browser?.close();
  await server?.close();
  await cluster?.end();
  await dsc(['stop'], workspace);
  await rm(folder, { recursive: true, force: true });
});

const retry = () => join(workspace, 'typescript', 'messaging', 'retry.ts');
const card = (name: string) => page.locator('.live-node', { has: page.getByText(name, { exact: true }) });
const state = (name: string) => card(name).locator('.live-state').textContent();

describe('a real cluster beside the chapter', () => {
  test('a node is killed, seen dead, said to be, and started again', async () => {
    await expect.poll(() => state('node2'), WITHIN).toBe('runs');
    await page.getByRole('button', { name: 'Kill node2' }).click();
    await expect.poll(() => state('node2'), WITHIN).toBe('is dead');
    await expect.poll(() => page.locator('.live-news').textContent(), WITHIN).toContain('node2 is dead');
    const { nodes } = json(await dsc(['status', '--json'], workspace));
    expect(nodes.find(({ name }: any) => name === 'node2').state.status).toBe('exited');
    await page.getByRole('button', { name: 'Restart node2' }).click();
    await expect.poll(() => state('node2'), WITHIN).toBe('runs');
  });

  test('a node is isolated, what is lost is seen, and all is healed', async () => {
    await page.getByRole('button', { name: 'Isolate node3' }).click();
    await expect.poll(() => card('node3').textContent(), WITHIN).toContain('node3 isolated');
    const body = '{"to":"node3","type":"echo","data":"hello","deadlineMs":500}';
    await dsc(['call', 'node1', 'POST', '/send', '-d', body], workspace);
    await page.getByText('The messages as text').click();
    const row = page.locator('#live-panel tr', { hasText: 'echo' }).first();
    await expect.poll(() => row.textContent(), WITHIN).toMatch(/node1node3.*(request-lost|abandoned).*cut/);
    await page.getByRole('button', { name: 'Heal' }).click();
    await expect.poll(() => card('node3').textContent(), WITHIN).not.toContain('isolated');
  });

  test('a verify is begun, its checks come one by one, and the one that fails is stepped through', async () => {
    await page.getByRole('button', { name: 'Verify' }).click();
    const failed = page.locator('.live-check[data-verdict=fail]');
    await failed.waitFor(WITHIN);
    expect(await page.locator('.live-check[data-verdict=pass]').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Verify' }).waitFor(WITHIN);
    await failed.getByText('Timeline').click();
    const shown = await failed.locator('.live-timeline [data-kind] .live-label').allTextContents();
    await failed.getByRole('link', { name: 'Step through it' }).click();
    await page.getByText(/^Step \d+ of \d+/).waitFor();

    const { check, steps } = json(await dsc(['replay', '--json'], workspace));
    const labels = await page.locator('.live-timeline [data-kind] .live-label').allTextContents();
    const told = (text: string) => text.replace(/^(lost, |fault, |answer, )?(\S+( to \S+)?: )?/, '');
    expect(labels).toEqual(shown);
    expect(labels.map(told)).toEqual(steps.map(({ label }: any) => told(label)));
    expect(steps.map(({ label }: any) => label)).toEqual(
      check.failure.timeline.rows.map(({ label }: any) => label),
    );

    expect(await seriousViolations(page)).toEqual([]);
    const step = () => page.getByText(/^Step \d+ of/).textContent();
    expect(await step()).toContain(`Step ${steps.length} of ${steps.length}`);
    await page.getByRole('button', { name: 'Back', exact: true }).press('Enter');
    expect(await step()).toContain(`Step ${steps.length - 1} of`);
    await page.keyboard.press('Home');
    expect(await step()).toContain('Step 1 of');
    expect(await page.locator('[aria-current=step]').count()).toBe(1);
    expect(page.url()).toContain(CHAPTER.replace(/.*\//, ''));
    await page.getByRole('link', { name: 'Back to the live cluster' }).click();
    await expect.poll(() => state('node1'), WITHIN).toBe('runs');
    expect(complaints).toEqual([]);
  });
});
