import { escapeHtml } from './escape-html.ts';

/** Colours come from the theme alone, so that a diagram can be read in light, in dark and on paper. */
const COLOURS = /^\s*(style|linkStyle|classDef)\b|\brect +(rgb|#)|%%\{|^\s*box +(rgb|#|[a-z]+ +)/im;

/**
 * A Mermaid fence for the browser: its source, which `diagrams.js` turns into a drawing.
 * @param code the fence's text
 * @param report told of a problem, with its line within the text
 */
export function diagramHtml(code: string, report: (message: string, line: number) => void): string {
  const title = textOf(code, 'accTitle');
  const description = textOf(code, 'accDescr');
  if (!title || !description) {
    report('a diagram needs "accTitle: ..." and "accDescr: ..." for those who cannot see it', 0);
  }
  const coloured = code.split('\n').findIndex((line) => COLOURS.test(line));
  if (coloured !== -1) report('no colours in a diagram: they come from the theme', coloured + 1);
  return [
    `<figure class="diagram" role="group" aria-label="${escapeHtml(title)}">`,
    // A blank line would end the HTML block.
    `<pre class="diagram-source"><code class="language-plaintext">${escapeHtml(code.trimEnd()).replace(/\n\s*\n/g, '\n')}</code></pre>`,
    `<figcaption>${escapeHtml(description)}</figcaption>`,
    '</figure>',
  ].join('\n');
}

function textOf(code: string, key: string): string {
  return new RegExp(`^\\s*${key}\\s*:\\s*(.+)$`, 'm').exec(code)?.[1]?.trim() ?? '';
}
