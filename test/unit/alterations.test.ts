import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { alter } from '../../scripts/altered-solution.ts';
import { mutantsOf } from '../../scripts/mutants-page.ts';
import { deriveTree } from '../../src/course/derive-tree.ts';
import { LANGUAGES } from '../../src/course/languages.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { availableSessions, sessionFolder } from '../../src/course/sessions.ts';
import { loadChecks } from '../../src/verify/load-checks.ts';
import type { Alteration } from '../alteration.ts';

const sessions = await availableSessions();

/** Of one session: a session may have no variants. */
async function alterationsOf(session: number): Promise<Alteration[]> {
  const mutants = await mutantsOf(session);
  const { variants } = await import(`../variants/${sessionFolder(session)}.ts`).catch(() => ({
    variants: [],
  }));
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

test.each(sessions)(
  'docs/MUTANTS.md has every mutant of session %d, caught by a check that there is',
  async (session) => {
    const page = await readFile(packagePath('docs/MUTANTS.md'), 'utf8');
    const section = page.split(/^## Session /m).find((part) => Number.parseInt(part, 10) === session) ?? '';
    const rows = section.matchAll(/^\| (typescript|python) \| (\S+) \| .* \| (\S+) \| [\d.]+ \|$/gm);
    const listed = [...rows].map(([, language, id, check]) => ({ mutant: `${language} ${id}`, check }));
    const mutants = await mutantsOf(session);
    expect(listed.map(({ mutant }) => mutant)).toEqual(
      mutants.map(({ language, id }) => `${language} ${id}`),
    );
    const checks = (await loadChecks(session)).map(({ id }) => id);
    expect(listed.filter(({ check }) => !checks.includes(check!))).toEqual([]);
  },
);
