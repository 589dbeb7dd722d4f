import type { Language } from '../course/languages.ts';
import { fence, languageTabs, regionText } from './code.ts';
import { chapterOf, type Directive, type Use } from './directive.ts';
import { inlineHtml } from './inline.ts';

const COMMENT: Readonly<Record<Language, string>> = { typescript: '//', python: '#' };

/** Questions about single lines of the solution, found by their text: a changed line fails the build. */
export const annotation: Directive = {
  html: (use) => {
    const chapter = chapterOf(use);
    if (!chapter) return '';
    const { intro, notes } = chapter.annotation;
    const questions = notes.map(
      ({ ask, answer }, index) =>
        `<li data-note="${chapter.name}-${index + 1}"><p>${inlineHtml(ask)}</p>\n<details><summary>Our annotation</summary><p>${inlineHtml(answer)}</p></details></li>`,
    );
    const code = languageTabs((language) => fence(language, numberedRegion(use, language)));
    return [intro, code, `<ol class="annotation">\n${questions.join('\n')}\n</ol>`].join('\n\n');
  },
  terminal: (use, language) => {
    const { intro = '', notes = [] } = chapterOf(use)?.annotation ?? {};
    const questions = notes.map(({ ask }, index) => `${index + 1}. ${ask}`);
    return [intro, fence(language, numberedRegion(use, language)), questions.join('\n')].join('\n\n');
  },
};

/** The region with `(1)`, `(2)` behind the lines that are asked about. */
function numberedRegion(use: Use, language: Language): string {
  const { annotation } = use.chapter!;
  const lines = regionText(use, annotation.region, language).trimEnd().split('\n');
  for (const [index, note] of annotation.notes.entries()) {
    const found = lines.flatMap((line, at) => (line.includes(note[language]) ? at : []));
    if (found.length === 1) lines[found[0]!] += `  ${COMMENT[language]} (${index + 1})`;
    else {
      use.report(
        `"${note[language]}" is to be in one line of the region "${annotation.region}" in ${language}, but is in ${found.length}`,
        note.line,
      );
    }
  }
  return lines.join('\n');
}
