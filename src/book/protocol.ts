/**
 * What mdBook and a preprocessor say to each other: `[context, book]` on stdin, the changed book on stdout.
 * Source: mdBook 0.5, `mdbook-preprocessor` and `mdbook-core` crates.
 */
export interface PreprocessorContext {
  /** The folder with `book.toml`, absolute. */
  root: string;
  config: { book?: { src?: string } };
  renderer: string;
  mdbook_version: string;
}

export interface Book {
  items: BookItem[];
}

export type BookItem = 'Separator' | { PartTitle: string } | { Chapter: BookChapter };

export interface BookChapter {
  name: string;
  content: string;
  /** Of a draft: null. */
  path: string | null;
  sub_items: BookItem[];
}

/** Every chapter that has a page, in order. */
export function pagesOf({ items }: Book): (BookChapter & { path: string })[] {
  return items.flatMap((item) => {
    if (item === 'Separator' || 'PartTitle' in item) return [];
    const { Chapter: chapter } = item;
    const inside = pagesOf({ items: chapter.sub_items });
    return chapter.path === null ? inside : [chapter as BookChapter & { path: string }, ...inside];
  });
}
