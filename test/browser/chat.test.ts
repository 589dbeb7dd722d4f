import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildRing, sequencerOf } from '../../solutions/chat/ring.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { ProcessRuntime } from '../../src/stack/process/runtime.ts';
import { Stack } from '../../src/stack/stack.ts';
import { writeSolution } from '../../src/verify/write-solution.ts';
import { findChromium } from '../support/chromium.ts';

const require = createRequire(import.meta.url);
const SERVERS = ['chat1', 'chat2'];
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
/** Where to leave pictures of the page for a person to look at. */
const PICTURES = process.env.DSC_PICTURES;

let home = '';
let browser: Browser;
let stack: Stack;
let pages: { page: Page; complaints: string[] }[] = [];

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'dsc-chat-page-')));
  await writeSolution(join(home, 'code'), 7);
  const variables: Record<string, string> = {
    COMPOSE_PROJECT_NAME: 'chat-page',
    CHAT1_PORT: '0',
    CHAT2_PORT: '0',
    // The page is the same in both languages.
    CHAT1_CODE: join(home, 'code', 'typescript'),
    CHAT2_CODE: join(home, 'code', 'python'),
  };
  const composeFile = packagePath('compose/03-chat/docker-compose.yml');
  stack = await Stack.create({
    home,
    composeFile,
    variables,
    runtime: () => new ProcessRuntime(home),
    report: () => {},
  });
  await stack.run(
    SERVERS,
    { HEARTBEAT_MS: '300', PRESENCE_TIMEOUT_MS: '9000', SUBSCRIBE_MS: '200' },
    { fresh: true },
  );
  browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
});

afterEach(async () => {
  await Promise.all(pages.map(({ page }) => page.context().close()));
  pages = [];
});

afterAll(async () => {
  await browser?.close();
  await stack?.remove();
  await rm(home, { recursive: true });
});

/** Somebody opens the page of a server and enters a room. */
async function enter(
  server: string,
  userId: string,
  roomId: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  pages.push({ page, complaints });
  await page.goto(stack.url(server));
  await page.getByLabel('Your name').fill(userId);
  await page.getByLabel('Room').fill(roomId);
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByText(`In the room as ${userId}`).waitFor();
  return page;
}

async function say(page: Page, content: string): Promise<void> {
  await page.getByLabel('Message').fill(content);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** Number and content of what the page shows. */
function shown(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('#messages li:not(.note)')].map(
      (row) => `${row.querySelector('.number')?.textContent} ${row.querySelector('.content')?.textContent}`,
    ),
  );
}

async function shows(page: Page, count: number): Promise<string[]> {
  await page.waitForFunction((wanted) => document.querySelectorAll('#messages li').length >= wanted, count);
  return shown(page);
}

/** A room that the server numbers. */
function roomOf(server: string, name: string): string {
  const ring = buildRing(SERVERS);
  return Array.from({ length: 100 }, (_, n) => `${name} ${n}`).find(
    (roomId) => sequencerOf(ring, roomId) === server,
  )!;
}

const noComplaints = () => expect(pages.flatMap(({ complaints }) => complaints)).toEqual([]);

describe.runIf(findChromium() !== undefined)('the page of the chat', () => {
  test('lets two people on two servers talk, in one order', async () => {
    const roomId = roomOf('chat1', 'talk');
    const [alice, bob] = [await enter('chat1', 'alice', roomId), await enter('chat2', 'bob', roomId)];
    await alice.locator('#people').getByText('bob').waitFor();
    for (const n of [1, 2, 3]) {
      await say(alice, `alice says ${n}`);
      await say(bob, `bob says ${n}`);
    }
    const [one, other] = [await shows(alice, 6), await shows(bob, 6)];
    expect(other).toEqual(one);
    expect(one.map((row) => row.split(' ')[0])).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(await alice.locator('#outbox li').count()).toBe(0);
    // A second window of the same person leaves: she is still there. The first one, too: now she is gone.
    const second = await enter('chat2', 'alice', roomId);
    expect(await shows(second, 6)).toEqual(one);
    await second.close();
    await alice.close();
    await bob.locator('#people li[data-status="offline"]').getByText('alice').waitFor();
    noComplaints();
  });

  test('brings back who has lost the network: nothing lost, nothing doubled', async () => {
    const roomId = roomOf('chat1', 'network');
    const [alice, bob] = [await enter('chat1', 'alice', roomId), await enter('chat2', 'bob', roomId)];
    await say(alice, 'before');
    await shows(bob, 1);
    await bob.context().setOffline(true);
    // The line itself is cut at the server: an offline browser keeps the lines that it has.
    await stack.faults.kill('chat2');
    await bob.getByText(/^Disconnected: /).waitFor();
    await say(bob, 'from a tunnel');
    await bob.locator('#outbox').getByText('from a tunnel').waitFor();
    for (const n of [1, 2, 3]) await say(alice, `meanwhile ${n}`);
    await shows(alice, 4);
    await stack.start('chat2');
    await bob.context().setOffline(false);
    await bob.getByText('In the room as bob').waitFor();
    const heard = await shows(bob, 5);
    expect(heard).toEqual(['1 before', '2 meanwhile 1', '3 meanwhile 2', '4 meanwhile 3', '5 from a tunnel']);
    expect(await shows(alice, 5)).toEqual(heard);
    await bob.waitForFunction(() => document.querySelectorAll('#outbox li').length === 0);
  });

  test('keeps what cannot be numbered, and says it once when that can be done again', async () => {
    const roomId = roomOf('chat2', 'cut');
    const [alice, bob] = [await enter('chat1', 'alice', roomId), await enter('chat2', 'bob', roomId)];
    await stack.faults.partition([['chat1'], ['chat2']]);
    await say(alice, 'on the wrong side');
    await alice.locator('#outbox').getByText('on the wrong side').waitFor();
    await say(bob, 'on the right side');
    await shows(bob, 1);
    await stack.faults.heal();
    const expected = ['1 on the right side', '2 on the wrong side'];
    expect(await shows(bob, 2)).toEqual(expected);
    expect(await shows(alice, 2)).toEqual(expected);
    await alice.waitForFunction(() => document.querySelectorAll('#outbox li').length === 0);
    noComplaints();
  });

  test('goes on at the server that the person chooses', async () => {
    const roomId = roomOf('chat1', 'choice');
    const alice = await enter('chat1', 'alice', roomId);
    await say(alice, 'here');
    await shows(alice, 1);
    await alice.getByLabel('Server').fill(new URL(stack.url('chat2')).host);
    await alice.getByRole('button', { name: 'Enter' }).click();
    expect(await shows(alice, 1)).toEqual(['1 here']);
    await say(alice, 'and there');
    expect(await shows(alice, 2)).toEqual(['1 here', '2 and there']);
    const there = (await (await fetch(`${stack.url('chat2')}/health`)).json()) as { connections: number };
    expect(there.connections).toBe(1);
    noComplaints();
  });

  test('shows script in names and messages as what it is: text', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    const name = '<b onclick=alert(3)>eve</b>';
    const eve = await enter('chat1', name, '<script>alert(4)</script>');
    await say(eve, evil);
    expect(await shows(eve, 1)).toEqual([`1 ${evil}`]);
    expect(await eve.locator('#people').textContent()).toContain(name);
    expect(await eve.locator('main img, main script, main b').count()).toBe(0);
    // Even if it came in, it would not run.
    await eve.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
    });
    expect(await eve.evaluate(() => 'ran' in window)).toBe(false);
    expect(pages[0]!.complaints.filter((text) => !text.includes('Content Security Policy'))).toEqual([]);
  });

  test('has no serious violation of accessibility, and fits, in light and in dark, wide and narrow', async () => {
    const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    const roomId = roomOf('chat1', 'look');
    const other = await enter('chat2', 'grace', roomId);
    for (const text of ['Is anybody there?', 'A longer message, '.repeat(20), 'w'.repeat(200)])
      await say(other, text);
    await (await enter('chat2', 'linus', roomId)).close();
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [WIDE, PHONE]) {
        const page = await enter('chat1', 'ada', roomId, { colorScheme, viewport, bypassCSP: true });
        await say(page, 'Yes.');
        await page.locator('#messages .own').first().waitFor();
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          const { violations } = await (window as any).axe.run();
          return violations
            .filter(({ impact }: any) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }: any) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
        });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        expect({ colorScheme, viewport, found, overflow }).toEqual({
          colorScheme,
          viewport,
          found: [],
          overflow: false,
        });
        if (PICTURES) {
          const file = `chat-${colorScheme}-${viewport.width}.png`;
          await page.screenshot({ path: join(PICTURES, file), fullPage: true });
        }
      }
    }
    noComplaints();
  });
});
