import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadChecks } from '../../src/verify/load-checks.ts';
import { writeTree } from '../support/course-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const checks = (id: string) => `export const check = { id: '${id}' };`;

async function lessonsWith(files: Record<string, string>): Promise<string> {
  const lessons = await temporaryFolder();
  await writeTree(join(lessons, 'session-01'), {
    'lesson.ts': 'export const lesson = { number: 1 };',
    ...files,
  });
  return lessons;
}

test('checks come in the order that the session gives', async () => {
  const lessons = await lessonsWith({
    'checks/order.ts': "export const order = ['late', 'early'];",
    'checks/early.ts': checks('early'),
    'checks/late.ts': checks('late'),
  });
  expect((await loadChecks(1, lessons)).map((check) => check.id)).toEqual(['late', 'early']);
});

test.each([
  ['a check that is not in the order', { 'checks/order.ts': 'export const order = [];' }, 'not in the order'],
  ['a check without a file', { 'checks/order.ts': "export const order = ['one', 'two'];" }, 'no file'],
  ['an id that is not the name of the file', { 'checks/one.ts': checks('other') }, 'has the id "other"'],
  ['a file without a check', { 'checks/one.ts': 'export {};' }, 'does not export "check"'],
  ['an order that is not exported', { 'checks/order.ts': 'export {};' }, 'does not export "order"'],
])('%s is an error of the course', async (_name, files, message) => {
  const lessons = await lessonsWith({
    'checks/order.ts': "export const order = ['one'];",
    'checks/one.ts': checks('one'),
    ...files,
  });
  await expect(loadChecks(1, lessons)).rejects.toThrow(message);
});

test('a session that is not there has no checks', async () => {
  await expect(loadChecks(11)).rejects.toMatchObject({ code: 'no-such-session' });
});
