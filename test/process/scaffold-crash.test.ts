import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';
import { scaffold } from '../../src/course/scaffold.ts';
import { loadLesson } from '../../src/course/sessions.ts';
import { createWorkspace } from '../../src/course/workspace.ts';
import { readTree, SOURCE, writeTree } from '../support/course-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Lays session 1 in a process that kills itself at its n-th rename, right before or after it. */
function crashAt(rename: number, when: 'before' | 'after', workspace: string, source: string) {
  const program = `
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const rename = fs.rename;
    let count = 0;
    fs.rename = async (from, to) => {
      const last = ++count === ${rename};
      if (last && ${when === 'before'}) process.kill(process.pid, 'SIGKILL');
      await rename(from, to);
      if (last) process.kill(process.pid, 'SIGKILL');
    };
    syncBuiltinESMExports();
    const { createWorkspace } = await import(${JSON.stringify(packagePath('src/course/workspace.ts'))});
    const { scaffold } = await import(${JSON.stringify(packagePath('src/course/scaffold.ts'))});
    const { lesson } = await import(${JSON.stringify(packagePath('lessons/session-01/lesson.ts'))});
    const workspace = await createWorkspace(${JSON.stringify(workspace)}, ['typescript']);
    await scaffold(workspace, lesson, ['typescript'], { source: ${JSON.stringify(source)} });`;
  return execa(process.execPath, ['--input-type=module', '--eval', program], { reject: false });
}

/** What must be the same however the files came to be; the times in dsc.json and the path in .env are not. */
async function laidFiles(workspace: string): Promise<Record<string, string>> {
  const { 'dsc.json': progress, 'compose/00-messages/.env': _, ...files } = await readTree(workspace);
  return { ...files, shipped: JSON.stringify(JSON.parse(progress!).shipped) };
}

test('a start that was killed at any of its steps is completed by the next one', async () => {
  const source = await temporaryFolder();
  await writeTree(source, SOURCE);
  const lesson = await loadLesson(1);
  const whole = await createWorkspace(join(await temporaryFolder(), 'whole'), ['typescript']);
  await scaffold(whole, lesson, ['typescript'], { source });
  const expected = await laidFiles(whole);
  const folder = await temporaryFolder();
  let renames = 0;
  for (let killed = true; killed; renames++) {
    for (const when of ['before', 'after'] as const) {
      const workspace = join(folder, `${renames + 1}-${when}`);
      const crashed = await crashAt(renames + 1, when, workspace, source);
      killed = crashed.signal === 'SIGKILL';
      expect(killed || crashed.exitCode === 0, crashed.stderr).toBe(true);
      await createWorkspace(workspace, ['typescript']);
      const laid = await scaffold(workspace, lesson, ['typescript'], { source });
      expect(laid.beside, workspace).toEqual([]);
      expect(await laidFiles(workspace), workspace).toEqual(expected);
    }
  }
  expect(renames).toBeGreaterThan(15);
});
