/**
 * Runs every mutant through `dsc verify` and says which check caught it, and how soon.
 *   node scripts/mutants.ts [--session n] [--lang ts|py] [--only id] [--every n] [--runtime process|docker] [--write]
 * `--every 3` takes a third of them, on each day another one.
 * `--write` puts the table into docs/MUTANTS.md. Ends with 1 when a mutant survived or a check catches none and does not say why it stands.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Language, parseLanguages } from '../src/course/languages.ts';
import { packagePath } from '../src/course/package-root.ts';
import { availableSessions } from '../src/course/sessions.ts';
import type { RuntimeName } from '../src/stack/runtime.ts';
import { loadChecks } from '../src/verify/load-checks.ts';
import type { Mutant } from '../test/mutants/mutant.ts';
import { verifyAltered } from './altered-solution.ts';
import { todaysShare } from './todays-share.ts';

interface Caught {
  mutant: Mutant;
  check: string | undefined;
  seconds: number;
  seen: string;
}

/** Mutants under verification at the same time. */
const AT_ONCE = 2;

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
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interrupted.abort(new Error('interrupted')));
const wanted: Mutant[] = [];
for (const session of sessions) {
  const file = `../test/mutants/session-${String(session).padStart(2, '0')}.ts`;
  const { mutants } = (await import(file)) as { mutants: Mutant[] };
  wanted.push(
    ...mutants.filter(({ language, id }) => languages.includes(language) && (!args.only || id === args.only)),
  );
}
const chosen = todaysShare(wanted, Number(args.every));
const rows: Caught[] = [];
const queue = chosen.entries();
await Promise.all(Array.from({ length: AT_ONCE }, runQueue));
rows.sort((a, b) => wanted.indexOf(a.mutant) - wanted.indexOf(b.mutant));
const idle =
  chosen.length < wanted.length || args.only || args.lang || args.session ? [] : await idleChecks();
for (const check of idle) console.log(`check ${check} catches no mutant and does not say why it stands`);
if (args.write) await writeFile(packagePath('docs/MUTANTS.md'), await table());
const survived = rows.filter((row) => !row.check);
console.log(`${rows.length - survived.length} of ${rows.length} mutants caught`);
process.exitCode = survived.length > 0 || idle.length > 0 ? 1 : 0;

/** A verify mostly waits, so that a core has room for one more. */
async function runQueue(): Promise<void> {
  for (const [number, mutant] of queue) {
    let row = await runMutant(mutant, number, args.runtime as RuntimeName);
    // Some mistakes are races that do not show every time: a learner runs verify more than once, too.
    if (!row.check) row = await runMutant(mutant, number, args.runtime as RuntimeName);
    rows.push(row);
    const verdict = row.check
      ? `caught by ${row.check} in ${row.seconds.toFixed(1)} s: ${row.seen.slice(0, 160)}`
      : `SURVIVED: ${row.seen}`;
    console.log(`session ${mutant.session} ${mutant.language} ${mutant.id}: ${verdict}`);
  }
}

async function runMutant(mutant: Mutant, number: number, runtime: RuntimeName): Promise<Caught> {
  const began = performance.now();
  const { results } = await verifyAltered(mutant, {
    runtime,
    project: `dsc-mutant-${process.pid}-${number}`,
    all: false,
    signal: interrupted.signal,
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

async function table(): Promise<string> {
  const lines = [
    '# Mutants: wrong solutions, and the check that catches each',
    '',
    'Generated by `npm run mutants -- --write`; do not edit. Each mutant is the complete solution with one plausible mistake.',
    '`dsc verify` stops at the first check that fails; the time is from its start to that verdict, the start of the nodes included. One that gets by is verified a second time.',
    '',
    `${rows.filter((row) => row.check).length} of ${rows.length} mutants are caught.`,
  ];
  for (const session of sessions) {
    lines.push(
      '',
      `## Session ${session}`,
      '',
      '| language | mutant | mistake | caught by | s |',
      '| --- | --- | --- | --- | ---: |',
    );
    for (const { mutant, check, seconds } of rows.filter((row) => row.mutant.session === session)) {
      lines.push(
        `| ${mutant.language} | ${mutant.id} | ${mutant.mistake} | ${check ?? '**survived**'} | ${seconds.toFixed(1)} |`,
      );
    }
    const standing = (await loadChecks(session)).filter((check) => check.stands);
    if (standing.length > 0) {
      lines.push('', 'Checks that stand without a mutant of their own:', '');
      lines.push(...standing.map((check) => `- ${check.id}: ${check.stands}`));
    }
  }
  return `${lines.join('\n')}\n`;
}
