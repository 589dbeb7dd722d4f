import { ExitCode, UserError } from './user-error.ts';

export type Language = 'typescript' | 'python';

export const LANGUAGES: readonly Language[] = ['typescript', 'python'];

/** What a learner may type for each. */
const SPELLINGS: Readonly<Record<string, readonly Language[]>> = {
  ts: ['typescript'],
  typescript: ['typescript'],
  py: ['python'],
  python: ['python'],
  mixed: ['typescript', 'python'],
};

/**
 * The languages of a stack's services in turn; the last one repeats: `ts,ts,py` is two nodes in TypeScript
 * and all others in Python.
 * @param text `ts`, `py`, `mixed` (the same as `ts,py`), or a list
 * @returns at least one language
 * @throws UserError `unknown-language`
 */
export function parseLanguages(text: string): Language[] {
  return text.split(',').flatMap((word) => {
    const found = SPELLINGS[word.trim().toLowerCase()];
    if (found) return found;
    throw new UserError(`There is no language called "${word.trim()}" in this course.`, {
      code: 'unknown-language',
      why: 'Nodes are written in TypeScript or Python.',
      fix: '--lang ts, --lang py, --lang mixed, or one for each node: --lang ts,ts,py',
      exitCode: ExitCode.usage,
    });
  });
}

/**
 * @param pattern what `parseLanguages` gave
 * @param index of the service in the Compose file, from 0
 */
export function languageOf(pattern: readonly Language[], index: number): Language {
  const language = pattern[Math.min(index, pattern.length - 1)];
  if (language) return language;
  throw new RangeError('a pattern of languages has at least one');
}

/** How a pattern is typed: `ts,py`. */
export function spellLanguages(pattern: readonly Language[]): string {
  return pattern.map((language) => (language === 'python' ? 'py' : 'ts')).join(',');
}
