import { writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';
import { simulate } from '../../src/verify/simulator/simulate.ts';
import { coreMutants } from '../mutants/core.ts';
import { coreOf } from '../support/core-folder.ts';

const SEEDS = 10_000;
/** The rarest mistakes show once in some thousand seeds. */
const SEEDS_OF_A_MUTANT = 4000;

/** With DSC_WRITE=1 the results are written to docs/CORE-MUTANTS.md. */
const results: string[] = [
  '# Wrong Raft cores, and the seeds in which the simulator finds them',
  '',
  'Written by `DSC_WRITE=1 npm run test:simulator`: seeds are tried from 1 on. A run of one seed takes a few milliseconds.',
  '',
  '| session | mistake | broken promise | first seed |',
  '| --- | --- | --- | --- |',
];
afterAll(async () => {
  if (process.env.DSC_WRITE) {
    await writeFile(packagePath('docs', 'CORE-MUTANTS.md'), `${results.join('\n')}\n`);
  }
});

const run = (folder: string, session: number, runs: number) =>
  simulate({ folder, session, firstSeed: 1, runs, signal: new AbortController().signal });

test.each([8, 9, 10])('the core of session %i keeps every promise', async (session) => {
  const { runs, facts, violation, ms } = await run(await coreOf(session), session, SEEDS);
  console.log(
    `session ${session}: ${runs} seeds in ${(ms / 1000).toFixed(1)} s, ${JSON.stringify({ ...facts, violation })}`,
  );
  expect(violation).toBeUndefined();
  expect(runs).toBe(SEEDS);
  // The runs were no idle ones.
  expect(facts.elections).toBeGreaterThan(SEEDS);
  expect(facts.crashes).toBeGreaterThan(SEEDS);
  if (session >= 9) expect(facts.committed).toBeGreaterThan(5 * SEEDS);
  if (session >= 10) expect(facts.reads).toBeGreaterThan(SEEDS);
});

describe('a core that', () => {
  test.each(coreMutants.map((mutant) => [mutant.mistake, mutant] as const))(
    '%s, is found',
    async (_, mutant) => {
      const folder = await coreOf(mutant.session, 'snapshot', mutant);
      const { violation } = await run(folder, mutant.session, SEEDS_OF_A_MUTANT);
      expect(violation?.seen, `${mutant.id} survives ${SEEDS_OF_A_MUTANT} seeds`).toBeDefined();
      const { seed, property, promise, seen, timeline } = violation!;
      console.log(`${mutant.session} ${mutant.id}: ${property}, seed ${seed}`);
      results.push(`| ${mutant.session} | ${mutant.mistake} | ${promise} | ${seed} |`);
      expect(timeline.rows.at(-1)!.label).toBe(seen);
      expect(timeline.rows.length).toBeGreaterThan(1);
    },
  );
});
