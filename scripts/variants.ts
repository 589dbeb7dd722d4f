/**
 * Runs correct solutions of other styles through `dsc verify`. Every check must pass.
 *   node scripts/variants.ts [--session n] [--only id] [--every n] [--runtime process|docker]
 * `--every 3` takes a third of them, on each day another one.
 * Ends with 1 when a check failed one.
 */
import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { packagePath } from '../src/course/package-root.ts';
import { availableSessions } from '../src/course/sessions.ts';
import type { RuntimeName } from '../src/stack/runtime.ts';
import type { Variant } from '../test/variants/variant.ts';
import { verifyAltered } from './altered-solution.ts';
import { sideBySide } from './side-by-side.ts';
import { todaysShare } from './todays-share.ts';
import { untilInterrupted } from './until-interrupted.ts';

const { values: args } = parseArgs({
  options: {
    session: { type: 'string' },
    only: { type: 'string' },
    every: { type: 'string', default: '1' },
    runtime: { type: 'string', default: 'process' },
  },
});
const interrupted = untilInterrupted();
const available = await availableSessions();
const wanted: Variant[] = [];
for (const file of (await readdir(packagePath('test/variants')))
  .filter((name) => /^session-/.test(name))
  .sort()) {
  const { variants } = (await import(`../test/variants/${file}`)) as { variants: Variant[] };
  wanted.push(...variants);
}
const named = wanted.filter(
  ({ session, id }) =>
    // A session that is being written is not verified yet.
    available.includes(session) &&
    (!args.session || session === Number(args.session)) &&
    (!args.only || id === args.only),
);
const chosen = todaysShare(named, Number(args.every));
let failed = 0;
await sideBySide(chosen, tryVariant);
console.log(`${chosen.length - failed} of ${chosen.length} variants pass`);
process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;

async function tryVariant(variant: Variant, number: number): Promise<void> {
  const { session, language, id } = variant;
  const result = await verifyAltered(variant, {
    runtime: args.runtime as RuntimeName,
    project: `dsc-variant-${process.pid}-${number}`,
    all: true,
    signal: interrupted,
  });
  const broken = result.results.filter(({ verdict }) => verdict !== 'pass');
  if (broken.length > 0) failed += 1;
  const verdict = broken.length === 0 ? 'passes' : `FAILED by ${broken.map((check) => check.id).join(', ')}`;
  console.log(`session ${session} ${language} ${id}: ${verdict} in ${(result.ms / 1000).toFixed(1)} s`);
  for (const { failure } of broken) if (failure) console.log(`  ${failure.expected}\n  ${failure.seen}`);
}
