import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deriveTree } from '../course/derive-tree.ts';
import { LANGUAGES } from '../course/languages.ts';

/**
 * Writes the complete solution of a session, in every language, ready to run: `<root>/typescript`, `<root>/python`.
 * @throws Error when a solution's markers are wrong
 */
export async function writeSolution(root: string, session: number): Promise<void> {
  for (const language of LANGUAGES) {
    const tree = await deriveTree(language, { session, kind: 'snapshot' });
    for (const [path, content] of tree) {
      const file = join(root, language, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
}
