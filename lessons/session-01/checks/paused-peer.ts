import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

export const check: Check = {
  id: 'paused-peer',
  promise: 'A peer that is silent for a while is asked again, and the message counts once',
  hints: [
    'Silence is not an answer. What does send do when an attempt has had its time?',
    'Look at sendWithRetry: catch NoAnswer, pause, try again with the same message. And receive must know the copies.',
  ],
  chapter: 'fundamentals/02-message-passing.md#retry-with-backoff',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const mark = trial.unique('paused');
    await trial.faults.pause('node2');
    const sending = messages.deliver('node1', 'node2', 'add', { n: 1, mark });
    const asked = async () => (await messages.attemptsOnTheWire('node1', 'node2', mark)).length >= 2;
    const again = trial.eventually('node1 asks the paused node2 a second time', asked, { withinMs: 3_000 });
    // An answer before the second attempt is an error, and more telling than the missing attempt.
    await Promise.race([again, sending]);
    await again;
    await trial.faults.resume('node2');
    const { attempts } = await sending;
    trial.expect(attempts >= 2, {
      expected: '"attempts" counts every attempt',
      seen: `it says ${attempts}, and the wire saw at least 2`,
    });
    await messages.expectHandled(
      'node2',
      mark,
      1,
      'its copies waited in the connection and came all at once',
    );
    trial.fact(`node2 was asked ${attempts} times while it stood still, and counted the message once`);
  },
};
