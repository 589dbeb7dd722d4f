import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

export const check: Check = {
  id: 'killed-peer',
  promise: 'A peer that died and comes back in time gets the message after all',
  hints: [
    'A refused connection is a failed attempt like any other.',
    'Look at sendWithRetry: every NoAnswer leads to another attempt, whether it came at once or after the timeout.',
  ],
  chapter: 'fundamentals/02-message-passing.md#retry-with-backoff',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const mark = trial.unique('killed');
    await trial.faults.kill('node3');
    const sending = messages.deliver('node1', 'node3', 'echo', { mark });
    const asked = async () => (await messages.attemptsOnTheWire('node1', 'node3', mark)).length >= 2;
    const again = trial.eventually('node1 asks the dead node3 a second time', asked, { withinMs: 3_000 });
    await Promise.race([again, sending]);
    await again;
    await trial.faults.restart('node3');
    const { attempts } = await sending;
    await messages.expectHandled('node3', mark, 1, 'it was dead when the first attempts came');
    trial.fact(`the message reached node3 at attempt ${attempts}, after node3 had been dead`);
  },
};
