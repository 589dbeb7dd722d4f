import { readFile } from 'node:fs/promises';
import { chapterNumber, parseChapterNumber } from '../course/chapter.ts';
import { packagePath } from '../course/package-root.ts';
import { ExitCode, UserError } from '../course/user-error.ts';

export interface PageEntry {
  title: string;
  /** Below `book/src/`: `fundamentals/01-what-is-ds.md`. */
  path: string;
}

/** Every page of the book, in order. */
export async function listPages(): Promise<PageEntry[]> {
  const summary = await readFile(packagePath('book', 'src', 'SUMMARY.md'), 'utf8');
  return [...summary.matchAll(/\[([^\]]+)\]\(([^)]+\.md)\)/g)].map(([, title, path]) => ({
    title: title!,
    path: path!,
  }));
}

/**
 * @param text as a reader types it: `3`, `03`, `ch03`, `glossary`, `03-queue-system`, with `#heading` behind it or without
 * @returns the page, and the heading
 * @throws UserError `no-such-page`
 */
export async function findPage(text: string): Promise<PageEntry & { anchor: string | undefined }> {
  const pages = await listPages();
  const [name = '', anchor] = text.split('#');
  const wanted = name.toLowerCase().replace(/\.(md|html)$/, '');
  const number = parseChapterNumber(wanted);
  const nameOf = ({ path }: PageEntry) => path.replace(/^.*\/|\.md$/g, '');
  const found = pages.find((page) =>
    number === undefined ? nameOf(page) === wanted : chapterNumber({ name: nameOf(page) }) === number,
  );
  if (found) return { ...found, anchor };
  throw new UserError(`The book has no page "${text}".`, {
    code: 'no-such-page',
    why: `It has ${pages.map(nameOf).join(', ')}.`,
    fix: 'dsc book 1, or dsc book glossary',
    exitCode: ExitCode.usage,
  });
}
