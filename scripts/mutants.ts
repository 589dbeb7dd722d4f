/**
 * Runs every mutant through `dsc verify` and says which check caught it, and how soon.
 *   node scripts/mutants.ts [--session n] [--lang ts|py] [--only id] [--every n] [--runtime process|docker] [--write]
 * `--every 3` takes a third of them, on each day another one.
 * `--write` renews the rows of docs/MUTANTS.md for those that were tried. Ends with 1 when a mutant survived or a check catches none and does not say why it stands.
 */
import { parseArgs } from 'node:util';
import { type Language, parseLanguages } from '../src/course/languages.ts';
import { availableSessions } from '../src/course/sessions.ts';
import type { RuntimeName } from '../src/stack/runtime.ts';
import { loadChecks } from '../src/verify/load-checks.ts';
import type { Mutant } from '../test/mutants/mutant.ts';
import { verifyAltered } from './altered-solution.ts';
import { mutantsOf, renewMutantsPage, type Tried } from './mutants-page.ts';
import { sideBySide } from './side-by-side.ts';
import { todaysShare } from './todays-share.ts';
import { untilInterrupted } from './until-interrupted.ts';

const { values: args } = parseArgs({
  options: {
    session: { type: 'string' },
    lang: { type: 'string' },
    only: { type: 'string' },
    every: { type: 'string', default: '1' },
    runtime: { type: 'string', default: 'process' },
    write: { type: 'boolean', default: false },
  },
});

const sessions = args.session ? [Number(args.session)] : await availableSessions();
const languages: Language[] = args.lang ? [parseLanguages(args.lang)[0]!] : ['typescript', 'python'];
const interrupted = untilInterrupted();
const wanted: Mutant[] = [];
for (const session of sessions) {
  wanted.push(
    ...(await mutantsOf(session)).filter(
      ({ language, id }) => languages.includes(language) && (!args.only || id === args.only),
    ),
  );
}
const chosen = todaysShare(wanted, Number(args.every));
const complete = chosen.length === wanted.length && !args.only && !args.lang;
const rows: Tried[] = [];
await sideBySide(chosen, tryMutant);
rows.sort((a, b) => wanted.indexOf(a.mutant) - wanted.indexOf(b.mutant));
const idle = complete ? await idleChecks() : [];
for (const check of idle) console.log(`check ${check} catches no mutant and does not say why it stands`);
if (args.write) await renewMutantsPage(rows);
const survived = rows.filter((row) => !row.check);
console.log(`${rows.length - survived.length} of ${rows.length} mutants caught`);
process.exitCode = survived.length > 0 || idle.length > 0 ? 1 : 0;

async function tryMutant(mutant: Mutant, number: number): Promise<void> {
  let row = await runMutant(mutant, number, args.runtime as RuntimeName);
  // Some mistakes are races that do not show every time: a learner runs verify more than once, too.
  if (!row.check) row = await runMutant(mutant, number, args.runtime as RuntimeName);
  rows.push(row);
  const verdict = row.check
    ? `caught by ${row.check} in ${row.seconds.toFixed(1)} s: ${row.seen.slice(0, 160)}`
    : `SURVIVED: ${row.seen}`;
  console.log(`session ${mutant.session} ${mutant.language} ${mutant.id}: ${verdict}`);
}

async function runMutant(mutant: Mutant, number: number, runtime: RuntimeName): Promise<Tried> {
  const began = performance.now();
  const { results } = await verifyAltered(mutant, {
    runtime,
    project: `dsc-mutant-${process.pid}-${number}`,
    all: false,
    signal: interrupted,
  });
  const failed = results.find((check) => check.verdict === 'fail');
  const seconds = (performance.now() - began) / 1000;
  // One that does not even start is no mistake that people would look for.
  const start = results.length === 1 && failed?.failure?.expected.endsWith('starts and answers GET /health');
  if (start)
    return { mutant, check: undefined, seconds, seen: `it does not run: ${failed!.failure!.output.at(-1)}` };
  const other = results.find((check) => check.verdict !== 'pass');
  const seen = failed?.failure?.seen ?? other?.problem?.why ?? 'all checks passed';
  return { mutant, check: failed?.id, seconds, seen };
}

async function idleChecks(): Promise<string[]> {
  const idle: string[] = [];
  for (const session of sessions) {
    for (const check of await loadChecks(session)) {
      const catches = rows.some((row) => row.mutant.session === session && row.check === check.id);
      if (!catches && !check.stands) idle.push(`${check.id} of session ${session}`);
    }
  }
  return idle;
}
