import { loadavg } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ProcessRuntime } from '../../src/stack/process/runtime.ts';
import { Stack } from '../../src/stack/stack.ts';
import type { Check } from '../../src/verify/check.ts';
import { laySmallCluster } from '../support/small-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { verifyOne } from '../support/verify-one.ts';

vi.mock(import('node:os'), async (original) => ({ ...(await original()), loadavg: vi.fn() }));

const IDLE = [0, 0, 0];
const FLOODED = [1_000, 1_000, 1_000];

beforeEach(() => {
  vi.mocked(loadavg).mockReturnValue(IDLE);
});

/** Verifies a check of one node that runs. */
async function verdictOf(run: Check['run']) {
  const folder = await temporaryFolder();
  const { composeFile } = await laySmallCluster(folder);
  const stack = await Stack.create({
    home: join(folder, 'home'),
    composeFile,
    variables: { COMPOSE_PROJECT_NAME: 'busy' },
    runtime: () => new ProcessRuntime(join(folder, 'home')),
    report: () => {},
  });
  onTestFinished(() => stack.remove());
  return verifyOne(stack, 'node1', run);
}

const neverComes: Check['run'] = async (trial) => {
  await trial.eventually('it comes', () => false, { withinMs: 10 });
};

test('what comes too late is the code’s failure on a machine that is not flooded', async () => {
  expect(await verdictOf(neverComes)).toMatchObject({ verdict: 'fail', failure: { expected: 'it comes' } });
});

test('on a flooded machine it is the machine’s', async () => {
  vi.mocked(loadavg).mockReturnValue(FLOODED);
  const { verdict, problem } = await verdictOf(neverComes);
  expect(verdict).toBe('environment');
  expect(problem?.why).toContain('too busy');
  expect(problem?.next).toContain('dsc verify once more');
});

test('also when the flood came while it was waited for', async () => {
  const floods: Check['run'] = async (trial) => {
    vi.mocked(loadavg).mockReturnValue(FLOODED);
    await neverComes(trial);
  };
  expect((await verdictOf(floods)).verdict).toBe('environment');
});

test('what is plainly wrong stays the code’s failure on a flooded machine', async () => {
  vi.mocked(loadavg).mockReturnValue(FLOODED);
  const outcome = await verdictOf(async (trial) => trial.expectEqual(1, 2, 'the sum'));
  expect(outcome).toMatchObject({ verdict: 'fail', failure: { seen: '1' } });
});
