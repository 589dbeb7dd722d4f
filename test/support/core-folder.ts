import { expect } from 'vitest';
import { deriveSystem } from '../../src/course/derive-tree.ts';
import { writeTree } from '../../src/course/write-tree.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Makes a folder with the core of a session, some of its text replaced. */
export async function coreOf(
  session: number,
  kind: 'starter' | 'snapshot' = 'snapshot',
  change?: { file: string; replace: readonly (readonly [string, string])[] },
): Promise<string> {
  const folder = await temporaryFolder();
  const tree = await deriveSystem('typescript', { session, kind }, 'consensus');
  for (const [text, by] of change?.replace ?? []) {
    const source = tree.get(change!.file)!;
    expect(source.split(text), `the text occurs once in ${change!.file}: ${text}`).toHaveLength(2);
    tree.set(
      change!.file,
      source.replace(text, () => by),
    );
  }
  await writeTree(folder, tree);
  return folder;
}
