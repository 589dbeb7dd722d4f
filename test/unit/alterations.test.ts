import { expect, test } from 'vitest';
import { alter } from '../../scripts/altered-solution.ts';
import { deriveTree } from '../../src/course/derive-tree.ts';
import { LANGUAGES } from '../../src/course/languages.ts';
import { availableSessions, sessionFolder } from '../../src/course/sessions.ts';
import type { Alteration } from '../alteration.ts';

const sessions = await availableSessions();

/** Of one session: a session may have no variants. */
async function alterationsOf(session: number): Promise<Alteration[]> {
  const file = `${sessionFolder(session)}.ts`;
  const { mutants } = await import(`../mutants/${file}`);
  const { variants } = await import(`../variants/${file}`).catch(() => ({ variants: [] }));
  return [...mutants, ...variants];
}

test.each(sessions)('mutants and variants of session %d fit its solution', async (session) => {
  const alterations = await alterationsOf(session);
  for (const language of LANGUAGES) {
    const tree = await deriveTree(language, { session, kind: 'snapshot' });
    for (const alteration of alterations.filter((each) => each.language === language)) {
      const source = tree.get(alteration.file) ?? '';
      expect(alter(alteration, source)).not.toBe(source);
    }
  }
});
