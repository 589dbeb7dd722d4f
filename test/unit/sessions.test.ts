import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OUTLINE } from '../../src/course/outline.ts';
import { packagePath } from '../../src/course/package-root.ts';
import {
  availableSessions,
  chooseSession,
  listSessions,
  loadLesson,
  loadLessons,
  parseSession,
} from '../../src/course/sessions.ts';
import { writeTree } from '../support/course-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each(['3', 's3', 'S3', 'session-3', 'session-03', 'Session 3', 'session3', ' 03 '])(
  '"%s" is session 3',
  (text) => {
    expect(parseSession(text)).toBe(3);
  },
);

test.each(['', '0', '-1', 'three', '3.5', '1e3', 'session-'])('"%s" is no session', (text) => {
  expect(() => parseSession(text)).toThrow(/no session called/);
});

test('a misspelt session is suggested', () => {
  expect(() => parseSession('sesion-4')).toThrow(
    expect.objectContaining({ fix: 'Did you mean session-4?', exitCode: 2 }),
  );
});

test('a planned session says that it is not there yet, and which ones are', async () => {
  const lessons = await temporaryFolder();
  await writeTree(lessons, { 'session-01/lesson.ts': '', 'session-02/lesson.ts': '' });
  await expect(loadLesson(9, lessons)).rejects.toMatchObject({
    message: 'Session 9 (One log) is not there yet.',
    code: 'session-not-there-yet',
    exitCode: 2,
    why: expect.stringContaining('1, 2'),
  });
  await expect(loadLesson(77, lessons)).rejects.toMatchObject({ code: 'no-such-session' });
});

test('a folder with a lesson is a session, without a change elsewhere', async () => {
  const lessons = await temporaryFolder();
  await writeTree(lessons, {
    'session-11/lesson.ts': "export const lesson = { number: 11, title: 'Clocks', system: 'clocks' };",
    'session-12/notes.md': 'not a lesson',
  });
  expect(await availableSessions(lessons)).toEqual([11]);
  const sessions = await listSessions(lessons);
  expect(sessions).toHaveLength(OUTLINE.length + 1);
  expect(sessions.at(-1)).toEqual({ number: 11, title: 'Clocks', system: 'clocks', available: true });
});

test('without a named session the one started last is meant', () => {
  expect(chooseSession('s1', 2)).toBe(1);
  expect(chooseSession(undefined, 2)).toBe(2);
  expect(() => chooseSession(undefined, 0)).toThrow(/No session was started/);
});

test('every lesson fits the outline and has its Compose folder', async () => {
  for (const lesson of await loadLessons()) {
    const planned = OUTLINE.find((entry) => entry.number === lesson.number);
    expect(lesson).toMatchObject(planned ?? {});
    expect(existsSync(packagePath('compose', lesson.stack))).toBe(true);
  }
});
