import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files below a folder that nobody else uses. @param tree content by path */
export async function writeTree(folder: string, tree: ReadonlyMap<string, string | Buffer>): Promise<void> {
  for (const [path, content] of tree) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
