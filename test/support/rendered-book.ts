import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { bookSource, buildBook } from '../../src/book/mdbook.ts';
import { findChromium } from './chromium.ts';

export interface RenderedBook {
  folder: string;
  /** Paths of its pages, without those that mdBook makes for itself. */
  pages: string[];
  browser: Browser;
  close(): Promise<void>;
}

/** The address under which a browser of the tests sees the book. No network is involved. */
export const BOOK_URL = 'http://book.test';

/** mdBook's own: the whole book for printing, the list for readers without JavaScript, the page for a wrong address. */
const NOT_PAGES = new Set(['print.html', 'toc.html', '404.html']);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The book as it is now, built, and a browser to read it. */
export async function renderBook(): Promise<RenderedBook> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-book-')));
  await buildBook({ source: bookSource(), target: folder, report: () => {}, complain: console.error });
  const browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
  const names = await readdir(folder, { recursive: true });
  return {
    folder,
    pages: names.filter((name) => name.endsWith('.html') && !NOT_PAGES.has(name)).sort(),
    browser,
    close: async () => {
      await browser.close();
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * Gives the browser the book's files, and nothing else.
 * @param complain told of everything that is asked for and not there
 */
export async function serveOffline(
  context: BrowserContext,
  folder: string,
  complain: (text: string) => void,
): Promise<void> {
  await context.route('**', async (route) => {
    const { origin, pathname } = new URL(route.request().url());
    const file = join(folder, decodeURIComponent(pathname));
    const body = origin === BOOK_URL ? await readFile(file).catch(() => undefined) : undefined;
    if (body) return route.fulfill({ body, contentType: TYPES[extname(file)] ?? 'application/octet-stream' });
    complain(`asks for ${route.request().url()}`);
    return route.abort();
  });
}
