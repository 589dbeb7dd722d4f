import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file so that a reader, or a crash at any moment, sees the old content or the new one, never a part.
 * The folder must exist.
 * @param mode permission bits of the new file
 */
export async function atomicWrite(file: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  const aside = join(dirname(file), temporaryName(basename(file)));
  try {
    const handle = await open(aside, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** A hidden name in the same folder, so that the rename stays on one file system. */
export function temporaryName(name: string): string {
  return `.${name}.${randomBytes(4).toString('hex')}.dsc-tmp`;
}

/** Removes what a crash left of earlier writes of this file. Only for whoever is alone in writing it. */
export async function removeLeftovers(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    const leftover = name.startsWith(`.${basename(file)}.`) && name.endsWith('.dsc-tmp');
    if (leftover) await rm(join(dirname(file), name), { recursive: true, force: true });
  }
}
