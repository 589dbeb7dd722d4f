/**
 * Runs every mutant through `dsc verify` and says which check caught it, and how soon.
 *   node scripts/mutants.ts [--session n] [--lang ts|py] [--only id] [--runtime process|docker] [--write]
 * `--write` puts the table into docs/MUTANTS.md. Ends with 1 when a mutant survived or a check catches none and does not say why it stands.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deriveTree } from '../src/course/derive-tree.ts';
import { type Language, parseLanguages } from '../src/course/languages.ts';
import { packagePath } from '../src/course/package-root.ts';
import { availableSessions, loadLesson } from '../src/course/sessions.ts';
import { writeTree } from '../src/course/write-tree.ts';
import type { RuntimeName } from '../src/stack/runtime.ts';
import { loadChecks } from '../src/verify/load-checks.ts';
import { verifyCode } from '../src/verify/verify-code.ts';
import type { Mutant } from '../test/mutants/mutant.ts';

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
    runtime: { type: 'string', default: 'process' },
    write: { type: 'boolean', default: false },
  },
});

const sessions = args.session ? [Number(args.session)] : await availableSessions();
const languages: Language[] = args.lang ? [parseLanguages(args.lang)[0]!] : ['typescript', 'python'];
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
const wanted: Mutant[] = [];
for (const session of sessions) {
  const file = `../test/mutants/session-${String(session).padStart(2, '0')}.ts`;
  const { mutants } = (await import(file)) as { mutants: Mutant[] };
  wanted.push(
    ...mutants.filter(({ language, id }) => languages.includes(language) && (!args.only || id === args.only)),
  );
}
const rows: Caught[] = [];
const queue = wanted.entries();
await Promise.all(Array.from({ length: AT_ONCE }, runQueue));
rows.sort((a, b) => wanted.indexOf(a.mutant) - wanted.indexOf(b.mutant));
const idle = args.only || args.lang || args.session ? [] : await idleChecks();
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
  const directory = await mkdtemp(join(tmpdir(), 'dsc-mutant-'));
  try {
    await layMutant(mutant, directory);
    const lesson = await loadLesson(mutant.session);
    const began = performance.now();
    const result = await verifyCode({
      lesson,
      checks: await loadChecks(mutant.session),
      languages: [mutant.language],
      code: { typescript: directory, python: directory },
      home: join(directory, '.dsc'),
      project: `dsc-mutant-${process.pid}-${number}`,
      runtime,
      report: () => {},
      seed: 1,
      all: false,
      onEvent: () => {},
      signal: interrupted.signal,
    });
    const failed = result.results.find((check) => check.verdict === 'fail');
    const other = result.results.find((check) => check.verdict !== 'pass');
    const seen = failed?.failure?.seen ?? other?.problem?.why ?? 'all checks passed';
    return { mutant, check: failed?.id, seconds: (performance.now() - began) / 1000, seen };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function layMutant(mutant: Mutant, directory: string): Promise<void> {
  const tree = await deriveTree(mutant.language, { session: mutant.session, kind: 'snapshot' });
  const source = tree.get(mutant.file);
  if (source === undefined) {
    throw new Error(`mutant ${mutant.id}: no file ${mutant.file} in the solution`);
  }
  await writeTree(directory, tree.set(mutant.file, mutate(mutant, source.toString())));
}

function mutate(mutant: Mutant, source: string): string {
  let text = source;
  for (const [from, by] of mutant.replace) {
    const occurrences = text.split(from).length - 1;
    if (occurrences !== 1) {
      throw new Error(`mutant ${mutant.id}: its text occurs ${occurrences} times in ${mutant.file}: ${from}`);
    }
    text = text.replace(from, () => by);
  }
  return text;
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
