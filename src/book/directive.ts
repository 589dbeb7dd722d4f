import type { Chapter } from '../course/chapter.ts';
import type { Language } from '../course/languages.ts';
import type { Sources } from './sources.ts';

/** Where and with what a directive is used. */
export interface Use {
  argument: string;
  sources: Sources;
  /** The data of this page's chapter; undefined on pages that are no chapter. */
  chapter: Chapter | undefined;
  /**
   * Tells of a problem; the build fails in the end.
   * @param line where in the chapter's data file it is; otherwise it is in the page, at the directive
   */
  report(message: string, line?: number): void;
}

/** `{{#name argument}}` in a page. */
export interface Directive {
  /** Markdown, and HTML in it, for mdBook. */
  html(use: Use): string;
  /** Markdown for the terminal, in one language. */
  terminal(use: Use, language: Language): string;
}

/** The chapter's data, or a report that the page has none. */
export function chapterOf(use: Use): Chapter | undefined {
  if (!use.chapter) {
    use.report('this page has no data file in lessons/session-NN/chapters/ (or there is a problem in it)');
  }
  return use.chapter;
}
