import type { Trial } from '../../src/verify/check.ts';

const WITHIN_MS = 2_000;

/** SIGTERM: a node ends by itself, soon and with exit code 0. Returns how long that took, ms. */
export async function expectPoliteEnd(trial: Trial, node: string): Promise<number> {
  const { exitCode, ms } = await trial.terminate(node);
  trial.expect(exitCode === 0, {
    expected: `after SIGTERM ${node} ends by itself with exit code 0`,
    seen: exitCode === null ? 'the signal or a SIGKILL ended it' : `exit code ${exitCode}`,
  });
  trial.expect(ms <= WITHIN_MS + trial.slackMs, {
    expected: `after SIGTERM ${node} is gone within ${WITHIN_MS / 1000} s`,
    seen: `it took ${Math.round(ms)} ms`,
  });
  return Math.round(ms);
}
