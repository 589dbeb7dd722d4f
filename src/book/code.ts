import { LANGUAGES, type Language } from '../course/languages.ts';
import type { Directive, Use } from './directive.ts';

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  typescript: 'TypeScript',
  python: 'Python',
};

/**
 * Regions of the tested solutions in both languages, one a line: `{{#code` `name caption` `name caption` `}}`.
 * The headings are those of the course design's chapter interface.
 */
export const code: Directive = {
  html: (use) => {
    const shown = regionsOf(use);
    return languageTabs((language) => versionOf(use, shown, language));
  },
  terminal: (use, language) => versionOf(use, regionsOf(use), language),
};

interface ShownRegion {
  name: string;
  caption: string;
}

function regionsOf(use: Use): ShownRegion[] {
  const regions = use.argument.split('\n').map((line) => {
    const [name = '', ...caption] = line.trim().split(' ');
    return { name, caption: caption.join(' ') };
  });
  if (use.argument === '') use.report('name the regions of the solutions to show');
  return regions.filter(({ name }) => name !== '');
}

function versionOf(use: Use, shown: ShownRegion[], language: Language): string {
  const parts = shown.flatMap(({ name, caption }) => [
    caption,
    fence(language, regionText(use, name, language)),
  ]);
  const heading = `### ${LANGUAGE_NAMES[language]} Version { #${language}-version }`;
  return [heading, ...parts].filter((part) => part !== '').join('\n\n');
}

/** The lines of a region, or a report that a language lacks it. */
export function regionText({ sources, report }: Use, name: string, language: Language): string {
  const text = sources.regions[language].get(name);
  if (text === undefined) {
    const other = LANGUAGES.find((each) => each !== language && sources.regions[each].has(name));
    report(
      other
        ? `the region "${name}" exists in ${LANGUAGE_NAMES[other]} only; its ${LANGUAGE_NAMES[language]} twin is missing`
        : `no solution has a region "ANCHOR: ${name}"`,
    );
  } else if (text.trim() === '') {
    report(`the region "${name}" is empty in ${LANGUAGE_NAMES[language]}`);
  }
  return text ?? '';
}

export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** Panes that a reader switches all together; without JavaScript and on paper both are there. */
export function languageTabs(content: (language: Language) => string): string {
  const panes = LANGUAGES.map((language) =>
    [
      `<div class="language-pane" data-language="${language}" data-name="${LANGUAGE_NAMES[language]}">`,
      content(language),
      '</div>',
    ].join('\n\n'),
  );
  return ['<div class="languages">', ...panes, '</div>'].join('\n\n');
}
