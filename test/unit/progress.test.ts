import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readProgress, sessionProgress, updateProgress } from '../../src/course/progress.ts';
import { createWorkspace, findWorkspace, requireWorkspace } from '../../src/course/workspace.ts';
import { writeTree } from '../support/course-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('what one command writes, the next one reads', async () => {
  const folder = await createWorkspace(await temporaryFolder(), ['python']);
  await updateProgress(folder, (progress) => {
    progress.session = 2;
    sessionProgress(progress, 2).hints['late-complete'] = 1;
  });
  const progress = await readProgress(folder);
  expect(progress).toMatchObject({ format: 1, languages: ['python'], session: 2 });
  expect(progress.sessions['2']).toMatchObject({ runs: 0, hints: { 'late-complete': 1 } });
});

test('many writers at once lose no update', async () => {
  const folder = await createWorkspace(await temporaryFolder(), ['typescript']);
  await Promise.all(
    Array.from({ length: 20 }, () =>
      updateProgress(folder, (progress) => {
        sessionProgress(progress, 1).runs += 1;
      }),
    ),
  );
  expect((await readProgress(folder)).sessions['1']?.runs).toBe(20);
});

test('the file of a newer dsc is refused and left as it is', async () => {
  const folder = await temporaryFolder();
  const text = '{"format":2,"languages":"new"}';
  await writeFile(join(folder, 'dsc.json'), text);
  const refused = { code: 'progress-newer', why: expect.stringContaining('format 2') };
  await expect(readProgress(folder)).rejects.toMatchObject(refused);
  await expect(updateProgress(folder, () => {})).rejects.toMatchObject(refused);
  expect(await readFile(join(folder, 'dsc.json'), 'utf8')).toBe(text);
});

test.each([
  ['half a file', '{"format":1,"langua'],
  ['nothing', ''],
  ['something else', '[1,2]'],
  ['fields of the wrong kind', '{"format":1,"languages":[],"session":0,"sessions":{},"shipped":{}}'],
])('%s is kept, said once, and progress starts anew', async (_name, text) => {
  const folder = await temporaryFolder();
  await writeTree(folder, { 'dsc.json': text, 'python/main.py': '' });
  await expect(readProgress(folder)).rejects.toMatchObject({ code: 'progress-damaged' });
  const kept = (await readdir(folder)).find((name) => name.startsWith('dsc.json.damaged-'));
  expect(await readFile(join(folder, kept!), 'utf8')).toBe(text);
  expect(await readProgress(folder)).toMatchObject({ languages: ['python'], session: 0 });
});

test('a workspace is found from any folder in it, and from the folder above the default one', async () => {
  const above = await temporaryFolder();
  const workspace = await createWorkspace(join(above, 'dsc-course'), ['typescript']);
  await writeTree(workspace, { 'typescript/messaging/retry.ts': '' });
  expect(await findWorkspace(join(workspace, 'typescript', 'messaging'))).toBe(workspace);
  expect(await findWorkspace(above)).toBe(workspace);
});

test('without a workspace the command to make one is named', async () => {
  await expect(requireWorkspace(await temporaryFolder())).rejects.toMatchObject({
    code: 'no-workspace',
    exitCode: 2,
    fix: expect.stringContaining('dsc start session-1'),
  });
});

test('another project is not made into a workspace', async () => {
  const folder = await temporaryFolder();
  await writeTree(folder, { 'package.json': '{}' });
  await expect(createWorkspace(folder, ['python'])).rejects.toMatchObject({ code: 'folder-in-use' });
  expect(await readdir(folder)).toEqual(['package.json']);
});
