import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sideBySide } from '../../scripts/side-by-side.ts';
import { BOOK_URL, type RenderedBook, renderBook, serveOffline } from '../support/rendered-book.ts';

const require = createRequire(import.meta.url);
const QUEUE = 'fundamentals/03-queue-system.html';
const MESSAGES = 'fundamentals/02-message-passing.html';
const THEMES = ['light', 'navy'] as const;
/** Those that a reader can choose beside them, looked at where there is something of everything. */
const OTHER_THEMES = ['rust', 'coal', 'ayu'] as const;
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

let book: RenderedBook;

beforeAll(async () => {
  book = await renderBook();
});

afterAll(() => book?.close());

interface Reading {
  page: Page;
  /** Everything that a reader's browser would complain about. */
  complaints: string[];
}

/** A reader with nothing stored and without a network. */
async function read(
  path: string,
  options: { theme?: string; viewport?: { width: number; height: number }; javaScriptEnabled?: boolean } = {},
): Promise<Reading> {
  const { theme, viewport = WIDE, javaScriptEnabled = true } = options;
  const context = await book.browser.newContext({ viewport, javaScriptEnabled });
  const complaints: string[] = [];
  await serveOffline(context, book.folder, (text) => complaints.push(text));
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  if (theme) await page.addInitScript((name) => localStorage.setItem('mdbook-theme', name), theme);
  await page.goto(`${BOOK_URL}/${path}`);
  return { page, complaints };
}

const drawn = (page: Page) =>
  page.waitForFunction(
    () => !document.querySelector('figure.diagram') || document.documentElement.dataset.diagrams === 'drawn',
  );

/** As a reader does. The colours of code are in stylesheets of their own, which are loaded when they are chosen. */
async function choose(page: Page, theme: string): Promise<void> {
  await page.evaluate((name) => document.querySelector<HTMLElement>(`#mdbook-theme-${name}`)!.click(), theme);
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].every(
      ({ disabled, sheet }) => disabled || sheet,
    ),
  );
}

/** Each figure's label, how much text says the same, and colours that no theme knows. */
const figuresOf = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('figure.diagram')].map((figure) => ({
      label: figure.getAttribute('aria-label'),
      text: figure.querySelector('details .diagram-source')?.textContent?.length ?? 0,
      colours: [
        ...new Set(
          figure.querySelector('svg')!.outerHTML.match(/(?<![\w-])#[0-9a-f]{6}\b|rgba?\(0?1, ?2, ?\d+/gi),
        ),
      ],
    })),
  );

describe('every page', () => {
  test('is read without a complaint and without the network, its diagrams drawn, on a screen and a phone', async () => {
    await sideBySide(book.pages, async (path) => {
      // A theme changes nothing but colours, so each is enough at one width.
      for (const [theme, viewport] of [
        [THEMES[0], WIDE],
        [THEMES[1], PHONE],
      ] as const) {
        const { page, complaints } = await read(path, { theme, viewport });
        await drawn(page);
        const seen = await page.evaluate(() => ({
          figures: document.querySelectorAll('figure.diagram').length,
          drawings: [...document.querySelectorAll('figure.diagram svg')].filter(
            (svg) => svg.getBoundingClientRect().width > 100 && svg.getBoundingClientRect().height > 50,
          ).length,
          overflow: document.documentElement.scrollWidth - window.innerWidth,
          // On a phone they may scroll; on a screen a part that is cut off is overlooked.
          cut: [...document.querySelectorAll('figure.diagram .drawing')].filter(
            (drawing) => window.innerWidth > 1000 && drawing.scrollWidth > drawing.clientWidth,
          ).length,
        }));
        expect({ path, theme, complaints }).toEqual({ path, theme, complaints: [] });
        expect({ path, theme, drawings: seen.drawings, cut: seen.cut }).toEqual({
          path,
          theme,
          drawings: seen.figures,
          cut: 0,
        });
        expect({ path, width: viewport.width, overflow: seen.overflow > 0 }).toMatchObject({
          overflow: false,
        });
        // Every diagram has a label and its text within reach, and no colour of its own.
        for (const { label, text, colours } of await figuresOf(page)) {
          expect(label).toBeTruthy();
          expect(text).toBeGreaterThan(10);
          expect(colours.filter((colour) => colour.toLowerCase().startsWith('#0102'))).toEqual([]);
        }
        await page.context().close();
      }
    });
  }, 240_000);

  test('has no serious violation of accessibility in light and in dark, nor in the other themes', async () => {
    const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    await sideBySide(book.pages, async (path) => {
      const varied = ['introduction.html', QUEUE].includes(path);
      const { page } = await read(path);
      await drawn(page);
      await page.evaluate(axe);
      for (const theme of varied ? [...THEMES, ...OTHER_THEMES] : THEMES) {
        await choose(page, theme);
        // A theme changes nothing but colours.
        const rules = theme === THEMES[0] ? {} : { runOnly: ['color-contrast'] };
        const found = await page.evaluate(async (options) => {
          const { violations } = await (window as any).axe.run({ resultTypes: ['violations'], ...options });
          return violations
            .filter(({ impact }: any) => impact === 'serious' || impact === 'critical')
            .map(
              ({ id, nodes }: any) =>
                `${id}: ${nodes.length} times: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`,
            );
        }, rules);
        expect({ path, theme, found }).toEqual({ path, theme, found: [] });
      }
      await page.context().close();
    });
  }, 360_000);

  test('is valid HTML, links to pages and headings that exist, and weighs at most 250 KB', async () => {
    const { HtmlValidate } = await import('html-validate');
    const validator = new HtmlValidate({ extends: ['html-validate:standard'], root: true });
    const { JSDOM } = await import('jsdom');
    const documents = new Map<string, Document>();
    for (const path of [...book.pages, 'print.html']) {
      const html = await readFile(join(book.folder, path), 'utf8');
      documents.set(path, new JSDOM(html).window.document);
      if (path !== 'print.html')
        expect({ path, large: html.length > 250_000 }).toEqual({ path, large: false });
      const { results } = await validator.validateString(html);
      const messages = results.flatMap((result) => result.messages);
      const errors = messages
        .filter(({ severity }) => severity === 2)
        .map(({ line, ruleId, message }) => `${path}:${line} ${ruleId} ${message}`);
      expect(errors).toEqual([]);
    }
    for (const [path, document] of documents) {
      for (const link of document.querySelectorAll<HTMLAnchorElement>('main a[href]')) {
        const href = link.getAttribute('href')!;
        if (/^https:/.test(href)) continue;
        const [file = '', anchor] = href.split('#');
        const target = file === '' ? path : posix.join(posix.dirname(path), file);
        const found = documents.get(target);
        expect({ path, href, page: found !== undefined }).toEqual({ path, href, page: true });
        if (anchor) {
          const there = found!.getElementById(decodeURIComponent(anchor)) !== null;
          expect({ path, href, anchor: there }).toEqual({ path, href, anchor: true });
        }
      }
    }
  });
});

describe('a diagram', () => {
  test('follows the theme without being drawn again', async () => {
    const { page } = await read(QUEUE, { theme: 'light' });
    await drawn(page);
    const look = () =>
      page.evaluate(() => {
        const label = document.querySelector('figure.diagram svg .nodeLabel, figure.diagram svg text')!;
        return { fill: getComputedStyle(label).fill, same: (label as any).marked === true };
      });
    await page.evaluate(() => {
      (document.querySelector('figure.diagram svg .nodeLabel, figure.diagram svg text') as any).marked = true;
    });
    const light = await look();
    await page.evaluate(() => document.querySelector<HTMLElement>('#mdbook-theme-navy')!.click());
    const dark = await look();
    expect(dark.same).toBe(true);
    expect(dark.fill).not.toBe(light.fill);
  });

  test('is on paper, in light colours, before the print page prints itself', async () => {
    const { page } = await read('introduction.html', { theme: 'navy' });
    await page.addInitScript(() => {
      window.print = () => {
        (window as any).printed = {
          figures: document.querySelectorAll('figure.diagram').length,
          drawings: document.querySelectorAll('figure.diagram svg').length,
        };
      };
    });
    await page.goto(`${BOOK_URL}/print.html`);
    await page.waitForFunction(() => (window as any).printed);
    const { figures, drawings } = await page.evaluate(() => (window as any).printed);
    expect(figures).toBeGreaterThan(5);
    expect(drawings).toBe(figures);
    await page.emulateMedia({ media: 'print' });
    const paper = await page.evaluate(() => ({
      surface: getComputedStyle(document.querySelector('figure.diagram')!).backgroundColor,
      page: getComputedStyle(document.documentElement).backgroundColor,
      code: getComputedStyle(document.querySelector('.hljs span')!).color,
      hidden: [...document.querySelectorAll<HTMLElement>('.language-pane')].filter(
        (pane) => pane.offsetHeight === 0,
      ).length,
    }));
    const white = 'rgb(255, 255, 255)';
    expect(paper).toEqual({ surface: white, page: white, code: 'rgb(0, 0, 0)', hidden: 0 });
  });

  test('is fetched by no page that has none', async () => {
    const { page } = await read('reference/docker-setup.html');
    await page.waitForLoadState('load');
    expect(await page.evaluate(() => document.querySelectorAll('script[src*="mermaid"]').length)).toBe(0);
  });
});

describe('the tabs', () => {
  const shown = (page: Page) =>
    page.evaluate(() => [
      ...new Set(
        [...document.querySelectorAll<HTMLElement>('.language-pane')]
          .filter((pane) => pane.offsetHeight > 0)
          .map((pane) => pane.dataset.language),
      ),
    ]);

  test('switch all together, by mouse and by keyboard, and survive a reload', async () => {
    const { page } = await read(MESSAGES);
    expect(await shown(page)).toEqual(['typescript']);
    await page.locator('[role=tab]', { hasText: 'Python' }).first().click();
    expect(await shown(page)).toEqual(['python']);
    await page.reload();
    expect(await shown(page)).toEqual(['python']);
    await page.locator('[role=tab][aria-selected=true]').first().focus();
    await page.keyboard.press('ArrowLeft');
    expect(await shown(page)).toEqual(['typescript']);
    expect(page.url()).toContain(MESSAGES);
    await page.goto(`${BOOK_URL}/${QUEUE}?lang=py`);
    expect(await shown(page)).toEqual(['python']);
  });

  test('a link into the hidden language shows it', async () => {
    const { page } = await read(`${MESSAGES}#python-version`);
    expect(await shown(page)).toEqual(['python']);
  });

  test('are not needed: without JavaScript both languages are there, each with its name', async () => {
    const { page } = await read(MESSAGES, { javaScriptEnabled: false });
    expect(await page.locator('.language-pane').first().isVisible()).toBe(true);
    expect(await page.locator('.language-pane').nth(1).isVisible()).toBe(true);
    expect(await page.locator('#python-version').isVisible()).toBe(true);
  });
});

describe('the quiz', () => {
  test('explains each choice, counts, and keeps the answers', async () => {
    const { page } = await read(MESSAGES);
    const first = page.locator('fieldset[data-question]').first();
    expect(await first.locator('.answer').isVisible()).toBe(false);
    const right = await first.locator('[data-right=true]').getAttribute('data-option');
    const wrong = right === 'a' ? 'b' : 'a';
    await first.locator(`input[value=${wrong}]`).check();
    expect(await first.locator(`[data-option=${wrong}]`).isVisible()).toBe(true);
    expect(await page.locator('.quiz-score').textContent()).toContain('0 right of 1');
    await first.locator(`input[value=${right}]`).check();
    expect(await page.locator('.quiz-score').textContent()).toContain('1 right of 1');
    await page.reload();
    expect(await page.locator('.quiz-score').textContent()).toContain('1 right of 1');
    await page.locator('form.quiz > button').click();
    expect(await first.locator('.answer').isVisible()).toBe(false);
  });

  test('without JavaScript opens its answers on a click', async () => {
    const { page } = await read(MESSAGES, { javaScriptEnabled: false });
    const first = page.locator('fieldset[data-question]').first();
    await first.locator('summary').click();
    expect(await first.locator('[data-right=true]').isVisible()).toBe(true);
  });
});

test('code in both languages and YAML is highlighted', async () => {
  const { page } = await read(QUEUE);
  for (const language of ['typescript', 'python', 'yaml']) {
    expect(await page.locator(`code.language-${language} span[class^=hljs]`).count()).toBeGreaterThan(3);
  }
});
