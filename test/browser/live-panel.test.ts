import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BookServer, serveBook } from '../../src/book/serve.ts';
import type { NodesEvent } from '../../src/live/events.ts';
import { seriousViolations, type Visit, visit } from '../support/live-page.ts';
import { MadeUpCluster } from '../support/made-up-cluster.ts';
import { madeUpEvents, madeUpMessage, type SystemKind } from '../support/made-up-events.ts';
import { type RenderedBook, renderBook } from '../support/rendered-book.ts';

const CHAPTER = 'consensus/13-raft-leader-election.html';
const WIDE = { width: 1600, height: 1000 };
const MEDIUM = { width: 1100, height: 900 };
const PHONE = { width: 390, height: 844 };
const THEMES = ['light', 'rust', 'coal', 'navy', 'ayu'];
/** Where to leave pictures of the panel for a person to look at. */
const PICTURES = process.env.DSC_PICTURES;

let book: RenderedBook;
let cluster: MadeUpCluster;
let server: BookServer;
let visits: Visit[] = [];

beforeAll(async () => {
  book = await renderBook();
  cluster = new MadeUpCluster();
  server = await serveBook(book.folder, 0, cluster);
});

afterEach(async () => {
  const complaints = visits.flatMap((visited) => visited.complaints);
  for (const { page } of visits) {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.context().close();
  }
  visits = [];
  cluster.begin([]);
  cluster.acts.length = 0;
  expect(complaints).toEqual([]);
});

afterAll(async () => {
  await server?.close();
  await book?.close();
});

async function read(options: Parameters<typeof visit>[2] = {}, query = ''): Promise<Page> {
  const visited = await visit(book.browser, `${server.url}/${CHAPTER}${query}`, options);
  visits.push(visited);
  return visited.page;
}

const panel = (page: Page) => page.locator('#live-panel');
const toggle = (page: Page) => page.getByRole('button', { name: 'Live cluster', exact: true });

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: join(PICTURES, `live-${name}.png`) });
}

test('every system has its view, readable in every theme, on a screen and a phone', async () => {
  const seen: Record<SystemKind, string> = {
    messages: 'Messages handled',
    queue: 'Tasks',
    ring: 'The ring',
    replicas: 'The replicas',
    chat: 'Rooms',
    raft: 'Terms, votes and logs',
  };
  cluster.begin(madeUpEvents('messages', Date.now()));
  const page = await read({ theme: 'light' });
  await panel(page).waitFor();
  for (const summary of await page.locator('#live-panel summary').all()) await summary.click();
  for (const [at, kind] of (Object.keys(seen) as SystemKind[]).entries()) {
    await page.setViewportSize(at % 2 === 0 ? WIDE : PHONE);
    cluster.begin(madeUpEvents(kind, Date.now()));
    await page.getByRole('heading', { name: seen[kind] }).waitFor();
    expect(await panel(page).textContent()).not.toMatch(/NaN|undefined|null/);
    for (const theme of kind === 'raft' ? THEMES : ['light']) {
      await page.evaluate(
        (name) => document.querySelector<HTMLElement>(`#mdbook-theme-${name}`)!.click(),
        theme,
      );
      const found = await seriousViolations(page, theme !== 'light');
      expect({ kind, theme, found }).toEqual({ kind, theme, found: [] });
      await picture(page, `${kind}-${theme}`);
    }
    const overflow = await panel(page).evaluate((root) => root.scrollWidth - root.clientWidth);
    expect({ kind, overflow }).toEqual({ kind, overflow: 0 });
  }
});

describe('the panel', () => {
  test('makes room beside the text where there is room, lies over it where there is none, and stays closed', async () => {
    cluster.begin(madeUpEvents('raft', Date.now()));
    const wide = await read({ viewport: WIDE });
    await panel(wide).waitFor();
    const column = await wide.locator('.content main').boundingBox();
    const side = await panel(wide).boundingBox();
    expect(column!.x + column!.width).toBeLessThanOrEqual(side!.x);
    expect(column!.width).toBeGreaterThan(600);
    await wide.getByRole('button', { name: 'Close the live cluster' }).click();
    // Who does not look costs the cluster nothing.
    await expect.poll(() => cluster.watching).toBe(0);
    await wide.reload();
    expect(await panel(wide).isVisible()).toBe(false);
    expect(cluster.watching).toBe(0);
    await toggle(wide).click();
    expect(await panel(wide).isVisible()).toBe(true);
    for (const viewport of [MEDIUM, PHONE]) {
      const page = wide;
      await page.setViewportSize(viewport);
      await page.reload();
      expect(await panel(page).isVisible()).toBe(false);
      await toggle(page).click();
      expect(await panel(page).isVisible()).toBe(true);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await page.keyboard.press('Escape');
      expect(await panel(page).isVisible()).toBe(false);
    }
  });

  test('is used with the keyboard alone, and its keys turn no page', async () => {
    cluster.begin(madeUpEvents('raft', Date.now()));
    const page = await read({ viewport: MEDIUM });
    await toggle(page).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('live-title');
    await page.getByRole('button', { name: 'Kill node2' }).waitFor();
    const reached: string[] = [];
    while (reached.at(-1) !== 'Pause the diagram' && reached.length < 60) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate(() => {
          const { activeElement } = document;
          return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
        }),
      );
      if (reached.at(-1) === 'Kill node2') await page.keyboard.press('Enter');
    }
    for (const name of [
      'Kill the leader',
      'Heal',
      'More faults',
      'Restart node4',
      'Isolate node5',
      'Pause the diagram',
    ])
      expect(reached).toContain(name);
    await expect.poll(() => cluster.acts).toEqual([{ do: 'kill', args: ['node2'] }]);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('s');
    expect(page.url()).toContain(CHAPTER);
    expect(await page.locator('#mdbook-searchbar').isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('live-toggle');
  });

  test('says what is important: who died, who leads, which check failed', async () => {
    cluster.begin(madeUpEvents('raft', Date.now()));
    const page = await read();
    const news = page.locator('#live-panel [role=status]').first();
    await expect.poll(() => news.textContent(), { timeout: 10_000 }).toContain('Check failed');
    const nodes = (leader: string, dead?: string): NodesEvent => ({
      type: 'nodes',
      at: Date.now(),
      nodes: ['node1', 'node2', 'node3'].map((name) => ({
        name,
        url: '',
        language: 'typescript',
        answers: name !== dead,
        more: [],
        status: name === dead ? 'exited' : 'running',
        role: name === leader ? 'leader' : 'follower',
        term: name === leader ? 7 : 4,
      })),
    });
    cluster.tell(nodes('node3', 'node2'));
    await expect
      .poll(() => news.textContent(), { timeout: 10_000 })
      .toContain('node2 is dead. node3 leads in term 7');
  });

  test('sends the faults as dsc chaos takes them, and the diagram is paused', async () => {
    cluster.begin(madeUpEvents('raft', Date.now()));
    const page = await read();
    await panel(page).waitFor();
    await page.getByText('More faults').click();
    await page.getByRole('checkbox', { name: 'node1' }).check();
    await page.getByRole('checkbox', { name: 'node2' }).check();
    await page.getByRole('button', { name: 'Partition' }).click();
    await page.getByRole('button', { name: 'Delay' }).click();
    await page.getByRole('button', { name: 'Heal' }).click();
    await expect
      .poll(() => cluster.acts)
      .toEqual([
        { do: 'partition', args: ['node1,node2', 'node3,node4,node5'] },
        { do: 'delay', args: ['500ms'] },
        { do: 'heal', args: [] },
      ]);
    const drawn = () =>
      page.locator('#live-panel canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const pause = page.getByRole('button', { name: 'Pause the diagram' });
    await pause.click();
    expect(await pause.getAttribute('aria-pressed')).toBe('true');
    const frozen = await drawn();
    cluster.tell(madeUpMessage(['node1', 'node2', 'node3'], 500, Date.now()));
    cluster.tell({ type: 'log', at: Date.now(), node: 'node1', text: 'the last line' });
    await page.getByText('the last line').waitFor();
    expect(await drawn()).toBe(frozen);
    await pause.click();
    await expect.poll(drawn).not.toBe(frozen);
  });
});

test('a flood of events costs the page a bounded memory, and it keeps up', async () => {
  cluster.begin(madeUpEvents('raft', Date.now()));
  const page = await read();
  await panel(page).waitFor();
  const devtools = await page.context().newCDPSession(page);
  const used = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    return usedSize;
  };
  const names = ['node1', 'node2', 'node3', 'node4', 'node5'];
  let seq = 1_000;
  const flood = async (events: number) => {
    for (let told = 0; told < events; told += 200) {
      for (let at = 0; at < 200; at++) {
        cluster.tell(madeUpMessage(names, seq++, Date.now()));
        cluster.tell({ type: 'log', at: Date.now(), node: names[at % 5]!, text: `line ${seq}` });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await page.getByText(`line ${seq}`).waitFor();
  };
  await flood(4_000);
  const first = await used();
  await flood(16_000);
  expect((await used()) - first).toBeLessThan(2_000_000);
  expect(await page.locator('#live-panel *').count()).toBeLessThan(1_500);
}, 60_000);

test('a page of another origin can neither read, nor act, nor show the book in a frame', async () => {
  cluster.begin(madeUpEvents('raft', Date.now()));
  const mine = await read();
  await panel(mine).waitFor();
  const token = await mine.locator('meta[name=dsc-live]').getAttribute('content');
  const other = createServer((_, response) => response.end('<title>other</title>')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const context = await book.browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    // Even had it the token, which it cannot read.
    const tried = await page.evaluate(
      async ([url, secret]) => {
        const ask = (path: string, options?: RequestInit) =>
          fetch(`${url}${path}`, options).then(
            () => 'read',
            () => 'refused',
          );
        const body = '{"do":"kill","args":["node1"]}';
        const headers = { 'content-type': 'application/json' };
        const act = `/live/act?token=${secret}`;
        const frame = document.createElement('iframe');
        frame.src = `${url}/introduction.html`;
        document.body.append(frame);
        await new Promise((resolve) => frame.addEventListener('load', resolve));
        return {
          page: await ask('/introduction.html'),
          events: await ask(`/live/events?token=${secret}`),
          act: await ask(act, { method: 'POST', headers, body }),
          plain: await ask(act, { method: 'POST', body, mode: 'no-cors' }).then(() => 'sent'),
          framed: frame.contentDocument !== null,
        };
      },
      [server.url, token!] as const,
    );
    expect(tried).toMatchObject({ page: 'refused', events: 'refused', act: 'refused', framed: false });
    const shown = page.frames()[1]!;
    expect(await shown.locator('#mdbook-menu-bar').count()).toBe(0);
    expect(cluster.acts).toEqual([]);
  } finally {
    await context.close();
    other.close();
  }
});

describe('without a cluster', () => {
  test('the served book says how to start one, and is complete', async () => {
    cluster.begin([{ type: 'cluster', at: Date.now(), cluster: null }]);
    const page = await read();
    expect(await panel(page).isVisible()).toBe(false);
    await toggle(page).click();
    await page.getByText('No nodes are running').waitFor();
    expect(await page.getByRole('button', { name: 'Verify' }).isVisible()).toBe(false);
  });

  test('a book that is a file has no panel, and asks for none', async () => {
    const context = await book.browser.newContext();
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${join(book.folder, CHAPTER)}`);
    expect(await page.locator('#live-toggle').count()).toBe(0);
    expect(asked.filter((url) => url.includes('live/'))).toEqual([]);
    await context.close();
  });
});
