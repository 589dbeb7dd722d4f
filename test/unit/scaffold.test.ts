import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Language } from '../../src/course/languages.ts';
import { readProgress } from '../../src/course/progress.ts';
import { reset, scaffold } from '../../src/course/scaffold.ts';
import { loadLesson } from '../../src/course/sessions.ts';
import { createWorkspace, projectName } from '../../src/course/workspace.ts';
import { readTree, SOURCE, writeTree } from '../support/course-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function course(languages: Language[] = ['typescript']) {
  const source = await temporaryFolder();
  await writeTree(source, SOURCE);
  const workspace = await createWorkspace(join(await temporaryFolder(), 'mine'), languages);
  return {
    source,
    workspace,
    read: (path: string) => readFile(join(workspace, path), 'utf8'),
    write: (path: string, text: string) => writeFile(join(workspace, path), text),
    start: async (session: number, options: { fresh?: boolean } = {}) =>
      scaffold(workspace, await loadLesson(session), languages, { source, ...options }),
    reset: async (session: number) => reset(workspace, await loadLesson(session), { source }),
  };
}

test('a first start lays the starter, the Compose file and the editor files', async () => {
  const { start, read, workspace } = await course();
  const laid = await start(1);
  expect(laid).toMatchObject({ updated: [], kept: [], beside: [] });
  expect(laid.created).toContain('typescript/messaging/retry.ts');
  expect(await read('typescript/messaging/retry.ts')).toBe('// retry: write me\n');
  expect(await read('compose/00-messages/docker-compose.yml')).toBe(
    SOURCE['compose/00-messages/docker-compose.yml'],
  );
  expect(JSON.parse(await read('package.json'))).toMatchObject({ private: true, type: 'module' });
  expect((await readProgress(workspace)).session).toBe(1);
  expect(await readdir(workspace)).not.toContain('python');
});

test('the environment of the Compose file says where each service has its code', async () => {
  const { start, read, workspace } = await course(['typescript', 'python']);
  await start(1);
  const name = projectName(workspace, 'messaging');
  expect(name).toMatch(/^dsc-[0-9a-f]{8}-messaging$/);
  expect((await read('compose/00-messages/.env')).split('\n')).toEqual([
    expect.stringMatching(/^#/),
    `COMPOSE_PROJECT_NAME=${name}`,
    'NODE1_CODE=../../typescript',
    'NODE2_CODE=../../python',
    'NODE3_CODE=../../python',
    '',
  ]);
});

test("a learner's own lines in the environment survive", async () => {
  const { start, read, write } = await course();
  await start(2);
  await write('compose/01-queue/.env', 'BROKER_CODE=old\nLEASE_MS=100\n');
  await start(2);
  const text = await read('compose/01-queue/.env');
  expect(text).toContain('BROKER_CODE=../../typescript\n');
  expect(text).toContain('LEASE_MS=100\n');
  expect(text).not.toContain('BANK_CODE');
});

test('what the learner wrote is kept when the session is started again', async () => {
  const { start, read, write } = await course();
  await start(1);
  await write('typescript/messaging/retry.ts', '// mine\n');
  const laid = await start(1);
  expect(laid).toMatchObject({ created: [], updated: [], beside: [] });
  expect(await read('typescript/messaging/retry.ts')).toBe('// mine\n');
});

test("the learner's work goes with them to the next session, without the solution beside it", async () => {
  const { start, read, write, workspace } = await course();
  await start(1);
  await write('typescript/messaging/retry.ts', '// mine\n');
  const laid = await start(2);
  expect(laid.created).toContain('typescript/workqueue/broker.ts');
  expect(laid.updated.sort()).toEqual(['typescript/main.ts', 'typescript/messaging/inbox.ts']);
  expect(laid.beside).toEqual([]);
  expect(await read('typescript/messaging/retry.ts')).toBe('// mine\n');
  expect(await readdir(join(workspace, 'typescript/messaging'))).toEqual(['inbox.ts', 'retry.ts']);
});

test('a given file that both changed gets its new version beside it, once', async () => {
  const { start, read, write } = await course();
  await start(1);
  await write('typescript/main.ts', '// main, with my logging\n');
  expect((await start(2)).beside).toEqual([
    { file: 'typescript/main.ts', newFile: 'typescript/main.new.ts' },
  ]);
  expect(await read('typescript/main.ts')).toBe('// main, with my logging\n');
  expect(await read('typescript/main.new.ts')).toBe('// main, second version\n');
  expect((await start(2)).beside).toEqual([]);
});

test('a file that was there before dsc is never overwritten', async () => {
  const { start, read, workspace } = await course();
  await writeTree(workspace, { 'typescript/shared/trace.ts': '// mine\n', 'README.md': 'mine' });
  const laid = await start(1);
  expect(laid.beside.map(({ newFile }) => newFile)).toEqual([
    'typescript/shared/trace.new.ts',
    'README.new.md',
  ]);
  expect(await read('typescript/shared/trace.ts')).toBe('// mine\n');
  expect(await read('README.md')).toBe('mine');
});

test('a version that lies beside is not overwritten either', async () => {
  const { start, read, workspace } = await course();
  await writeTree(workspace, { 'README.md': 'mine', 'README.new.md': 'mine too' });
  const laid = await start(1);
  expect(laid.beside).toEqual([{ file: 'README.md', newFile: 'README.new-2.md' }]);
  expect(await read('README.new.md')).toBe('mine too');
});

test('reset moves all files of the system to a dated backup and lays the starter anew', async () => {
  const { start, reset, read, write, workspace } = await course();
  await start(2);
  await write('typescript/messaging/retry.ts', '// mine, of session 1\n');
  await write('typescript/workqueue/broker.ts', '// mine\n');
  await write('typescript/workqueue/notes.ts', '// my own file\n');
  await write('typescript/main.ts', '// broken\n');
  const { backup } = await reset(2);
  expect(backup).toMatch(/^backups\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d/);
  expect(await readTree(join(workspace, backup!))).toEqual({
    'typescript/main.ts': '// broken\n',
    'typescript/workqueue/broker.ts': '// mine\n',
    'typescript/workqueue/notes.ts': '// my own file\n',
  });
  expect(await readdir(join(workspace, 'typescript/workqueue'))).toEqual(['broker.ts']);
  expect(await read('typescript/workqueue/broker.ts')).toBe('// broker: write me\n');
  expect(await read('typescript/main.ts')).toBe('// main, second version\n');
  expect(await read('typescript/messaging/retry.ts')).toBe('// mine, of session 1\n');
});

test('a fresh start does the same, and two within a second have backups of their own', async () => {
  const { start, write } = await course();
  await start(1);
  const backups = new Set<string | undefined>();
  for (const round of [1, 2, 3]) {
    await write('typescript/messaging/retry.ts', `// mine ${round}\n`);
    backups.add((await start(1, { fresh: true })).backup);
  }
  expect(backups.size).toBe(3);
  expect(backups).not.toContain(undefined);
});

test('node_modules has the types of Node and a dsc that runs from anywhere in the workspace', async () => {
  const { start, workspace } = await course();
  await start(1);
  for (const name of ['@types/node', 'undici-types']) {
    await expect(stat(join(workspace, 'node_modules', name, 'package.json'))).resolves.toBeTruthy();
  }
  const { stdout } = await execa(join(workspace, 'node_modules/.bin/dsc'), ['progress', '--json'], {
    cwd: join(workspace, 'typescript/messaging'),
  });
  expect(JSON.parse(stdout)).toMatchObject({ workspace, session: 1 });
});
