import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';

const require = createRequire(import.meta.url);

export interface Visit {
  page: Page;
  /** Everything that a reader's browser would complain about. */
  complaints: string[];
}

/**
 * A reader at a page that a server of the book serves.
 * Only what goes on, the events, is between the browser and the server: Chromium breaks off what it reads whenever a
 * network of this machine comes or goes, as those of containers do, and only events are asked for again by themselves.
 */
export async function visit(
  browser: Browser,
  url: string,
  options: { theme?: string; viewport?: { width: number; height: number } } = {},
): Promise<Visit> {
  const { theme, viewport = { width: 1600, height: 1000 } } = options;
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    if (['error', 'warning'].includes(message.type()) && !text.includes('ERR_NETWORK_CHANGED'))
      complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route('**', async (route) => {
    if (route.request().url().includes('/live/events')) return route.continue();
    return route.fulfill({ response: await route.fetch() });
  });
  if (theme) await page.addInitScript((name) => localStorage.setItem('mdbook-theme', name), theme);
  await page.goto(url);
  return { page, complaints };
}

/** What axe finds serious in the panel as it is, one line each. */
export async function seriousViolations(page: Page, onlyColours = false): Promise<string[]> {
  await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(
    async (rules) => {
      const { violations } = await (window as any).axe.run('#live-panel, #live-toggle', {
        resultTypes: ['violations'],
        ...rules,
      });
      return violations
        .filter(({ impact }: any) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }: any) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
    },
    onlyColours ? { runOnly: ['color-contrast'] } : {},
  );
}
