import type { Trial } from '../../src/verify/check.ts';
import type { ChatClient } from './client.ts';

const WITHIN_MS = 2_000;

/** SIGTERM ends the server soon and with exit code 0, and these clients are told so. */
export async function expectPoliteEnd(
  trial: Trial,
  server: string,
  clients: readonly ChatClient[],
): Promise<void> {
  const { exitCode, ms } = await trial.terminate(server);
  trial.expect(exitCode === 0, {
    expected: `after SIGTERM ${server} ends by itself with exit code 0`,
    seen: exitCode === null ? 'the signal or a SIGKILL ended it' : `exit code ${exitCode}`,
  });
  trial.expect(ms <= WITHIN_MS + trial.slackMs, {
    expected: `after SIGTERM ${server} is gone within ${WITHIN_MS / 1000} s`,
    seen: `it took ${Math.round(ms)} ms`,
  });
  for (const client of clients) {
    const expected = `${client.who} is told with 1001 that the server stops`;
    const { code } = await trial.eventually(expected, () => client.line.ended, { withinMs: 2_000 });
    trial.expect(code === 1001, { expected, seen: `the connection ended with ${code}` });
  }
  trial.fact(`gone ${Math.round(ms)} ms after SIGTERM`);
}
