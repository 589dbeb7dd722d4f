/**
 * The positive control: session 10's checks against a real etcd cluster, faults included. Every check that asks nothing of
 * the inside of a node must pass: nobody here wrote etcd.
 *   node scripts/etcd-control.ts [--runs 1] [--seed n] [--only id]
 * Needs an `etcd` of version 3.4 or later (Debian: etcd-server). Ends with 1 when a check does not pass.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packagePath } from '../src/course/package-root.ts';
import { loadLesson } from '../src/course/sessions.ts';
import { loadChecks } from '../src/verify/load-checks.ts';
import type { VerifyEvent } from '../src/verify/runner.ts';
import type { VerifyResult } from '../src/verify/verdict.ts';
import { verifyCode } from '../src/verify/verify-code.ts';
import { untilInterrupted } from './until-interrupted.ts';

const SESSION = 10;

/** What they ask for is our contract's and not etcd's: Raft messages, forwarding by header, and how a process ends. */
const OUR_OWN = [
  'not-in-circles',
  'stops-politely',
  'state-follows-the-log',
  'new-leader-looks-first',
  'read-asks-a-majority',
  'old-answers-confirm-nothing',
  'replaced-is-maybe',
];

const { values: args } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
});
const interrupted = untilInterrupted();
const checks = (await loadChecks(SESSION)).filter(
  ({ id }) => !OUR_OWN.includes(id) && (!args.only || id === args.only),
);
let failed = 0;
for (let run = 0; run < Number(args.runs); run++) {
  const result = await verifyEtcd(Number(args.seed) + run);
  failed += result.results.filter(({ verdict }) => verdict !== 'pass').length;
  console.log(
    `run ${run + 1}: ${result.verdict} in ${(result.ms / 1000).toFixed(1)} s, seed ${result.seed}, patience ${result.patience.toFixed(1)}`,
  );
}
process.exitCode = failed > 0 || checks.length === 0 ? 1 : 0;

function show(event: VerifyEvent): void {
  if (event.type !== 'check-finished') return;
  const { id, verdict, ms, facts, failure, problem } = event.result;
  console.log(`${verdict.padEnd(12)} ${id} ${(ms / 1000).toFixed(1)} s: ${facts[0] ?? ''}`);
  if (failure) console.log(JSON.stringify({ ...failure, timeline: undefined }, null, 2));
  if (problem) console.log(`  ${problem.why}`);
}

async function verifyEtcd(seed: number): Promise<VerifyResult> {
  const home = await mkdtemp(join(tmpdir(), 'dsc-etcd-'));
  const code = packagePath('test/controls/etcd');
  try {
    return await verifyCode({
      lesson: await loadLesson(SESSION),
      checks,
      languages: ['typescript'],
      code: { typescript: code, python: code },
      home: join(home, '.dsc'),
      project: `dsc-etcd-${process.pid}`,
      runtime: 'process',
      report: () => {},
      seed,
      all: true,
      onEvent: show,
      signal: interrupted,
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
