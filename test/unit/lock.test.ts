import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { withLock } from '../../src/course/lock.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const holder = { pid: process.pid, host: hostname(), processStart: '', command: 'verify' };
const since = new Date(2026, 0, 31, 14, 2, 11).toISOString();

function lay(folder: string, content: object | string, name = '.dsc.lock'): Promise<void> {
  const text = typeof content === 'string' ? content : JSON.stringify({ since, ...content });
  return writeFile(join(folder, name), text);
}

test('a second dsc is told who works in the workspace, and since when', async () => {
  const folder = await temporaryFolder();
  await lay(folder, holder);
  await expect(withLock(folder, 'reset', async () => {})).rejects.toMatchObject({
    message: `dsc verify (process ${process.pid}) is working in this workspace since 14:02:11.`,
    code: 'workspace-busy',
    exitCode: 3,
  });
});

test('the lock is held while the work goes on and released after it', async () => {
  const folder = await temporaryFolder();
  await withLock(folder, 'start', async () => {
    await expect(withLock(folder, 'verify', async () => {})).rejects.toMatchObject({
      code: 'workspace-busy',
    });
  });
  expect(await withLock(folder, 'verify', async () => 'done')).toBe('done');
});

test('the lock is released when the work fails', async () => {
  const folder = await temporaryFolder();
  const failing = withLock(folder, 'start', () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  expect(await withLock(folder, 'verify', async () => 'done')).toBe('done');
});

test('the lock of a process that has died is taken over', async () => {
  const folder = await temporaryFolder();
  const { stdout } = await execa(process.execPath, ['--print', 'process.pid']);
  await lay(folder, { ...holder, pid: Number(stdout) });
  expect(await withLock(folder, 'verify', async () => 'done')).toBe('done');
});

test('a later process with the same id does not hold the lock, where start times can be known', async () => {
  const folder = await temporaryFolder();
  await lay(folder, { ...holder, processStart: '1' });
  const outcome = withLock(folder, 'verify', async () => 'done').catch((error) => error.code);
  expect(await outcome).toBe(existsSync('/proc/self/stat') ? 'done' : 'workspace-busy');
});

test('a lock held on another machine is left alone, and the file to delete is named', async () => {
  const folder = await temporaryFolder();
  await lay(folder, { ...holder, pid: 2 ** 22, host: 'elsewhere' });
  await expect(withLock(folder, 'verify', async () => {})).rejects.toMatchObject({
    fix: expect.stringContaining(join(folder, '.dsc.lock')),
  });
});

test('a damaged lock does not keep anybody out', async () => {
  const folder = await temporaryFolder();
  await lay(folder, '{"pid":');
  expect(await withLock(folder, 'verify', async () => 'done')).toBe('done');
});

test('whoever may wait gets the lock as soon as it is free', async () => {
  const folder = await temporaryFolder();
  const order: string[] = [];
  const first = withLock(folder, 'one', async () => {
    await expect.poll(() => order).toEqual(['second asks']);
    order.push('first done');
  });
  await expect.poll(() => readFile(join(folder, '.dsc.lock'), 'utf8')).toContain('one');
  order.push('second asks');
  await withLock(folder, 'two', async () => void order.push('second works'), { waitMs: 5000 });
  await first;
  expect(order).toEqual(['second asks', 'first done', 'second works']);
});

test('a dsc that died while it removed the lock of a dead one is in nobody’s way', async () => {
  const folder = await temporaryFolder();
  const dead = { ...holder, pid: 2 ** 22 };
  await lay(folder, dead);
  await lay(folder, dead, '.dsc.lock.removal');
  expect(await withLock(folder, 'start', async () => 'done')).toBe('done');
  expect(await readdir(folder)).toEqual([]);
});

test('of many processes that find the lock of a dead one, one at a time gets in', async () => {
  const folder = await temporaryFolder();
  await lay(folder, { ...holder, pid: 2 ** 22 });
  const program = `
    import { readFileSync, writeFileSync, existsSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(packagePath('src/course/lock.ts'))};
    const file = ${JSON.stringify(join(folder, 'count'))};
    for (let round = 0; round < 20; round++) {
      await withLock(${JSON.stringify(folder)}, 'count', async () => {
        const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
        await new Promise((resolve) => setImmediate(resolve));
        writeFileSync(file, String(before + 1));
      }, { waitMs: 9000 });
    }`;
  await Promise.all(
    Array.from({ length: 4 }, () => execa(process.execPath, ['--input-type=module', '--eval', program])),
  );
  expect(await readFile(join(folder, 'count'), 'utf8')).toBe('80');
});
