import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where mdBook 0.5's own page template is not valid HTML. Its template is not replaced: that would freeze all of it. */
const MENDED: readonly [RegExp, string][] = [
  [/(<iframe class="sidebar-iframe-outer")(?! title)/g, '$1 title="Table of contents"'],
  [/(<a rel="[^"]*?) ?prefetch/g, '$1'],
];

/** @param folder with the rendered pages */
export async function mendTemplate(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const pages = names.filter((name) => name.endsWith('.html')).map((name) => join(folder, name));
  await Promise.all(
    pages.map(async (page) => {
      const html = await readFile(page, 'utf8');
      const mended = MENDED.reduce((text, [wrong, right]) => text.replace(wrong, right), html);
      if (mended !== html) await writeFile(page, mended);
    }),
  );
}
