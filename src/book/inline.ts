import { marked } from 'marked';

/** Inline Markdown as HTML on one line, so that it can stand inside an HTML block. */
export function inlineHtml(markdown: string): string {
  return (marked.parseInline(markdown, { async: false }) as string).replaceAll('\n', ' ');
}
