/**
 * Looks for false failures: verifies the reference solutions again and again while every core is busy.
 *   node scripts/soak.ts [--runs 50] [--session n] [--runtime process|docker|both] [--idle] [--seed n]
 * The runs of a session are spread over languages, mixes and runtimes. Every verdict other than `pass` is printed
 * with its evidence, and makes the command end with 1.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../bench/median.ts';
import { type Language, parseLanguages } from '../src/course/languages.ts';
import { availableSessions, loadLesson } from '../src/course/sessions.ts';
import type { RuntimeName } from '../src/stack/runtime.ts';
import { loadChecks } from '../src/verify/load-checks.ts';
import type { VerifyResult } from '../src/verify/verdict.ts';
import { verifyCode } from '../src/verify/verify-code.ts';
import { writeSolution } from '../src/verify/write-solution.ts';
import { untilInterrupted } from './until-interrupted.ts';

const CLUSTERS = ['ts', 'py', 'ts,py', 'py,ts', 'ts,ts,py', 'py,py,ts'];

const { values: args } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    session: { type: 'string' },
    runtime: { type: 'string', default: 'both' },
    idle: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

const sessions = args.session ? [Number(args.session)] : await availableSessions();
const runtimes: RuntimeName[] =
  args.runtime === 'both' ? ['process', 'docker'] : [args.runtime as RuntimeName];
const interrupted = untilInterrupted();
const burners = args.idle ? [] : burnEveryCore();
const failures: string[] = [];
const seconds: Record<string, number[]> = {};
try {
  for (const session of sessions) {
    for (let run = 0; run < Number(args.runs); run++) {
      const cluster = CLUSTERS[run % CLUSTERS.length]!;
      const runtime = runtimeOf(run);
      const result = await soakOnce(session, cluster, runtime, Number(args.seed) + run);
      const name = `session ${session} ${cluster} ${runtime}`;
      seconds[name] = [...(seconds[name] ?? []), result.ms / 1000];
      const again = result.results.filter(({ attempts }) => attempts > 1).map(({ id }) => id);
      console.log(
        `${name} run ${run + 1}: ${result.verdict} in ${(result.ms / 1000).toFixed(1)} s, patience ${result.patience.toFixed(1)}`,
        again.length > 0 ? `(tried twice: ${again.join(', ')})` : '',
      );
      if (result.verdict !== 'pass') {
        failures.push(`${name} seed ${result.seed}`);
        const broken = result.results.filter((check) => check.verdict !== 'pass');
        console.log(JSON.stringify(broken, null, 2));
      }
    }
  }
} finally {
  for (const burner of burners) burner.kill('SIGKILL');
}
console.log('\nmedian wall time of a verify, s');
for (const [name, times] of Object.entries(seconds))
  console.log(`  ${name}: ${median(times).toFixed(1)} (${times.length} runs)`);
const total = Object.values(seconds).flat().length;
console.log(
  `${total} runs of correct solutions ${args.idle ? 'on an idle machine' : 'with every core busy'}, ${failures.length} did not pass`,
);
for (const failure of failures) console.log(`  ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function soakOnce(
  session: number,
  cluster: string,
  runtime: RuntimeName,
  seed: number,
): Promise<VerifyResult> {
  const directory = await mkdtemp(join(tmpdir(), 'dsc-soak-'));
  try {
    const code: Record<Language, string> = {
      typescript: join(directory, 'typescript'),
      python: join(directory, 'python'),
    };
    await writeSolution(directory, session);
    return await verifyCode({
      lesson: await loadLesson(session),
      checks: await loadChecks(session),
      languages: parseLanguages(cluster),
      code,
      home: join(directory, '.dsc'),
      project: `dsc-soak-${process.pid}`,
      runtime,
      report: () => {},
      seed,
      all: true,
      onEvent: () => {},
      signal: interrupted,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Every third round of the clusters on containers, which take longer, the others on processes. */
function runtimeOf(run: number): RuntimeName {
  const round = Math.floor(run / CLUSTERS.length);
  return runtimes.length > 1 && round % 3 !== 1 ? runtimes[0]! : runtimes.at(-1)!;
}

/** One busy loop for each core, as a neighbour on a shared machine would be. */
function burnEveryCore(): ChildProcess[] {
  const loop = 'for (;;);';
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
  );
}
