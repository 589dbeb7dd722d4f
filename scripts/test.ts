/**
 * `npm test`: every test that this machine can run, and a count of them.
 * Docker tests need an engine, browser tests a Chromium; with DSC_REQUIRE_ALL=1 a missing one is a failure instead of a
 * remark.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { findEngine } from '../src/stack/docker/engine.ts';
import { findChromium } from '../test/support/chromium.ts';

interface TestOutcome {
  fullName: string;
  status: string;
  failureMessages: string[];
}

const engine = await findEngine(process.env);
const chromium = findChromium();
const missing = [
  ...(engine.found ? [] : [`Without Docker: the docker tests need an engine (${engine.why}).`]),
  ...(chromium ? [] : ['Without a browser: the browser tests need a Chromium (DSC_CHROMIUM, or on PATH).']),
];
if (missing.length > 0 && process.env.DSC_REQUIRE_ALL) {
  console.error(missing.join('\n'));
  process.exit(1);
}
const projects = ['unit', 'process', ...(chromium ? ['browser'] : []), ...(engine.found ? ['docker'] : [])];
const directory = await mkdtemp(join(tmpdir(), 'dsc-test-'));
const report = join(directory, 'report.json');
const vitest = await execa(
  'vitest',
  [
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ],
  { preferLocal: true, stdio: 'inherit', reject: false },
);
const counts = JSON.parse(await readFile(report, 'utf8')) as {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { name: string; message: string; assertionResults: TestOutcome[] }[];
};
await rm(directory, { recursive: true });
if (engine.found) console.log(`With ${engine.description}.`);
for (const remark of missing) console.log(remark);
for (const file of counts.testResults) {
  for (const { fullName, failureMessages } of file.assertionResults.filter(
    ({ status }) => status === 'failed',
  )) {
    console.log(
      `FAILED ${file.name}: ${fullName}\n${failureMessages.join('\n').split('\n').slice(0, 30).join('\n')}`,
    );
  }
  if (file.message) console.log(`FAILED ${file.name}: ${file.message}`);
}
const failed = counts.numFailedTests + (counts.numFailedTests === 0 && vitest.exitCode !== 0 ? 1 : 0);
console.log(
  `${counts.numPassedTests} passed, ${failed} failed${counts.numPendingTests > 0 ? `, ${counts.numPendingTests} skipped` : ''}`,
);
process.exitCode = failed > 0 || (process.env.DSC_REQUIRE_ALL && counts.numPendingTests > 0) ? 1 : 0;
