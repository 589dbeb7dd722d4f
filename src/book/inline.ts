import { marked } from 'marked';

/** Text for HTML, outside and inside of attributes. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => names[sign]!);
}

/** Inline Markdown as HTML on one line, so that it can stand inside an HTML block. */
export function inlineHtml(markdown: string): string {
  return (marked.parseInline(markdown, { async: false }) as string).replaceAll('\n', ' ');
}
