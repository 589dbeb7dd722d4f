import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rightLetter } from '../../src/course/quiz.ts';
import { loadChapters } from '../../src/course/read-chapters.ts';
import { createWorkspace } from '../../src/course/workspace.ts';
import { dsc, json } from '../support/dsc.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a quiz without a terminal shows its questions, and never the answers', async () => {
  const shown = await dsc(['quiz', '2'], await temporaryFolder());
  expect(shown.stdout).toContain('1. Which of these can be done twice without harm?');
  expect(shown.stdout).not.toContain('idempotent.');
  const { chapter, questions } = json(await dsc(['quiz', 'ch02', '--json'], await temporaryFolder()));
  expect(chapter).toBe('02-message-passing');
  expect(Object.keys(questions[0])).toEqual(['id', 'ask', 'options']);
});

test('answers are marked and explained, and the best result is kept', async () => {
  const workspace = join(await temporaryFolder(), 'course');
  await createWorkspace(workspace, ['typescript']);
  const [first] = await loadChapters();
  const right = first!.quiz.map(rightLetter).join('');
  const wrong = right.replace(/^./, (letter) => (letter === 'a' ? 'b' : 'a'));
  const marked = await dsc(['quiz', '1', '--answers', right], workspace);
  expect(marked.stdout).toContain(`${right.length} of ${right.length} right.`);
  const worse = json(await dsc(['quiz', '1', '--answers', wrong, '--json'], workspace));
  expect(worse).toMatchObject({ right: right.length - 1, of: right.length });
  const { quizzes } = json(await dsc(['progress', '--json'], workspace));
  expect(quizzes).toEqual({ '01-what-is-ds': { right: right.length, of: right.length } });
});

test('too few answers, and chapters that are not there, are wrong use', async () => {
  const few = await dsc(['quiz', '1', '--answers', 'ab'], await temporaryFolder());
  expect(few.exitCode).toBe(2);
  expect(few.stderr).toContain('--answers has 2 letters');
  expect((await dsc(['quiz', '99'], await temporaryFolder())).exitCode).toBe(2);
  expect((await dsc(['book', '99'], await temporaryFolder())).exitCode).toBe(2);
  expect((await dsc(['book', '--port', '70000'], await temporaryFolder())).exitCode).toBe(2);
});

test('a chapter is read in the terminal, in the language that is asked for', async () => {
  const python = await dsc(['book', '2', '--terminal', '--lang', 'py'], await temporaryFolder());
  expect(python.stdout).toContain('def backoff_ms');
  expect(python.stdout).not.toMatch(/backoffMs\(|\{\{#|<div|\{ #/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  expect(python.stdout).not.toMatch(/\x1b/);
  const section = await dsc(['book', '2#duplicates', '--terminal'], await temporaryFolder());
  expect(section.stdout).toMatch(/^Duplicates\n/);
  expect(section.stdout).not.toContain('A finite memory');
});

test('with colours, code is highlighted', async () => {
  const env = { FORCE_COLOR: '1', NO_COLOR: '' };
  const { stdout } = await dsc(['book', '2', '--terminal'], await temporaryFolder(), env);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  expect(stdout).toMatch(/\x1b\[\d+m(const|return)\x1b/);
});
