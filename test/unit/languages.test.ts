import { expect, test } from 'vitest';
import { languageOf, parseLanguages, spellLanguages } from '../../src/course/languages.ts';

test.each([
  ['ts', ['typescript']],
  ['Python', ['python']],
  ['mixed', ['typescript', 'python']],
  ['ts, ts,py', ['typescript', 'typescript', 'python']],
])('--lang %s', (text, languages) => {
  expect(parseLanguages(text)).toEqual(languages);
});

test.each(['', 'go', 'ts,', 'ts,rust'])('--lang "%s" is refused', (text) => {
  expect(() => parseLanguages(text)).toThrow(/no language called/);
});

test('the last language repeats', () => {
  const pattern = parseLanguages('ts,py');
  expect([0, 1, 2, 4].map((index) => languageOf(pattern, index))).toEqual([
    'typescript',
    'python',
    'python',
    'python',
  ]);
});

test('a pattern can be typed again', () => {
  expect(parseLanguages(spellLanguages(['typescript', 'python', 'typescript']))).toEqual([
    'typescript',
    'python',
    'typescript',
  ]);
});
