import type { Trial } from '../../src/verify/check.ts';
import { expectPoliteEnd } from '../shared/polite-end.ts';
import type { ChatClient } from './client.ts';

/** SIGTERM ends the server soon and with exit code 0, and these clients are told so. */
export async function expectGoodbye(
  trial: Trial,
  server: string,
  clients: readonly ChatClient[],
): Promise<void> {
  const ms = await expectPoliteEnd(trial, server);
  for (const client of clients) {
    const expected = `${client.who} is told with 1001 that the server stops`;
    const { code } = await trial.eventually(expected, () => client.line.ended, { withinMs: 2_000 });
    trial.expect(code === 1001, { expected, seen: `the connection ended with ${code}` });
  }
  trial.fact(`gone ${ms} ms after SIGTERM`);
}
