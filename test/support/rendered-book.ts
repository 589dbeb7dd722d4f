import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { bookSource, buildBook } from '../../src/book/mdbook.ts';
import { type BookServer, serveBook } from '../../src/book/serve.ts';
import { findChromium } from './chromium.ts';

export interface RenderedBook {
  folder: string;
  url: string;
  /** Paths of its pages, without those that mdBook makes for itself. */
  pages: string[];
  browser: Browser;
  close(): Promise<void>;
}

/** mdBook's own: the whole book for printing, the list for readers without JavaScript, the page for a wrong address. */
const NOT_PAGES = new Set(['print.html', 'toc.html', '404.html']);

/** The book as it is now, built and served, and a browser to read it. */
export async function renderBook(): Promise<RenderedBook> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-book-')));
  await buildBook({ source: bookSource(), target: folder, report: () => {}, complain: console.error });
  const server: BookServer = await serveBook(folder, 0);
  const browser = await chromium.launch({
    executablePath: findChromium()!,
    args: ['--no-sandbox'],
  });
  const names = await readdir(folder, { recursive: true });
  return {
    folder,
    url: server.url,
    pages: names.filter((name) => name.endsWith('.html') && !NOT_PAGES.has(name)).sort(),
    browser,
    close: async () => {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
