import { expect, test } from 'vitest';
import { score } from '../../src/course/quiz.ts';
import { loadChapters, parseChapter } from '../../src/course/read-chapters.ts';
import { SESSION_PLAN } from '../../src/course/session-plan.ts';
import { loadLessons } from '../../src/course/sessions.ts';

const option = (text: string, right = false) =>
  `      - { text: ${text}, why: because${right ? ', right: true' : ''} }`;
const question = (id: string, objective = 'one') =>
  [
    `  - id: ${id}`,
    `    objective: ${objective}`,
    '    ask: What?',
    '    options:',
    option('a', true),
    option('b'),
    option('c'),
  ].join('\n');
const GOOD = [
  'page: part/01-x.md',
  'minutes: { review: 5, concept: 20, diagram: 10, demo: 15, exercise: 25, run: 10, summary: 5 }',
  'objectives:',
  '  one: say it',
  'annotation:',
  '  region: r',
  '  intro: Look.',
  '  notes:',
  '    - { typescript: a, python: b, ask: Why?, answer: So. }',
  'quiz:',
  ...['q1', 'q2', 'q3', 'q4', 'q5'].map((id) => question(id)),
].join('\n');

const problems = (text: string) => parseChapter(1, 'x.yaml', text).problems;

test('a good data file is read', () => {
  const { chapter } = parseChapter(1, 'lessons/session-01/chapters/01-x.yaml', GOOD);
  expect(problems(GOOD)).toEqual([]);
  expect(chapter).toMatchObject({ name: '01-x', page: 'part/01-x.md', quiz: { length: 5 } });
  expect(score(chapter!, ['a', 'a', 'b', undefined, 'a'])).toEqual({ right: 3, of: 5 });
});

test.each([
  ['no YAML', 'page: [', 1, ''],
  ['a missing reason', GOOD.replace('{ text: b, why: because }', '{ text: b }'), 16, '"why" is missing'],
  [
    'two right options',
    GOOD.replace('text: b, why: because', 'text: b, why: because, right: true'),
    14,
    'exactly one',
  ],
  ['an unknown objective', GOOD.replace('objective: one', 'objective: two'), 12, 'no objective "two"'],
  [
    'an objective that nobody asks for',
    GOOD.replace('  one: say it', '  one: say it\n  two: do it'),
    5,
    'no question asks',
  ],
  ['an option that leans on others', GOOD.replace('text: b', 'text: none of these'), 16, 'stand for itself'],
  ['too few questions', GOOD.replace(question('q5'), ''), 10, '5 to 8'],
  ['an unknown activity', GOOD.replace('demo', 'dance'), 2, 'no activity'],
  ['no annotation', GOOD.replace('annotation:', 'remarks:'), 1, '"region" is missing'],
])('%s is a problem with its line', (_, text, line, message) => {
  const found = problems(text);
  expect(found.length).toBeGreaterThan(0);
  expect(found.some((each) => each.line === line && each.message.includes(message))).toBe(true);
  expect(parseChapter(1, 'x.yaml', text).chapter).toBeUndefined();
});

test('every chapter of the course is sound, and the lessons name the same chapters', async () => {
  const chapters = await loadChapters();
  const lessons = await loadLessons();
  expect(chapters.map(({ page }) => page)).toEqual(lessons.flatMap((lesson) => lesson.chapters));
});

test('the plan of a session has ninety minutes', () => {
  expect(SESSION_PLAN.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(90);
});
