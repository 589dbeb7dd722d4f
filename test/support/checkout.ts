import { cp, mkdtemp, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../src/course/package-root.ts';

/** What the book is made of. */
const PARTS = ['bin', 'src', 'lessons', 'solutions', 'python/solutions', 'compose', 'book', 'package.json'];

/** A copy of this checkout that may be broken; whoever asks for it removes it. */
export async function copyCheckout(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-checkout-')));
  for (const part of PARTS) await cp(packagePath(part), join(folder, part), { recursive: true });
  await symlink(packagePath('node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Replaces a text that occurs in the file, and gives back a way to undo it. */
export async function replaceIn(
  file: string,
  from: string | RegExp,
  to: string,
): Promise<() => Promise<void>> {
  const before = await readFile(file, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no ${from}`);
  await writeFile(file, after);
  return () => writeFile(file, before);
}
