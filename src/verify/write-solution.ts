import { join } from 'node:path';
import { deriveTree } from '../course/derive-tree.ts';
import { LANGUAGES } from '../course/languages.ts';
import { layPackagesOfNodes } from '../course/node-packages.ts';
import { writeTree } from '../course/write-tree.ts';

/**
 * Writes the complete solution of a session, in every language, ready to run: `<root>/typescript`, `<root>/python`.
 * @throws Error when a solution's markers are wrong
 */
export async function writeSolution(root: string, session: number): Promise<void> {
  for (const language of LANGUAGES) {
    const tree = await deriveTree(language, { session, kind: 'snapshot' });
    await writeTree(join(root, language), tree);
  }
  await layPackagesOfNodes(root);
}
