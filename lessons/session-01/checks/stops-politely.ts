import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM: a node finishes and ends within 2 s with exit code 0',
  hints: [
    'Something still keeps the process alive, or ended it the hard way. What runs on after stop()?',
    'The given main calls stop(). A timer, a loop or an endless retry of yours that nobody ends keeps the node from ending.',
  ],
  chapter: 'fundamentals/02-message-passing.md#stopping-politely',
  services: NODES,
  settings: brisk,
  stands: 'stopping is given code; the check finds what a learner adds that keeps a node alive.',
  async run(trial: Trial) {
    const messages = new Messages(trial);
    await messages.deliver('node1', 'node3', 'echo', { mark: trial.unique('before') });
    const { exitCode, ms } = await trial.terminate('node3');
    trial.expect(exitCode === 0 || exitCode === null, {
      expected: 'node3 ends with exit code 0',
      seen: `exit code ${exitCode}`,
    });
    trial.expect(ms <= 2_000 + trial.slackMs, {
      expected: 'node3 ends within 2 s of SIGTERM',
      seen: `it took ${Math.round(ms)} ms`,
    });
    await trial.faults.restart('node3');
    await messages.deliver('node1', 'node3', 'echo', { mark: trial.unique('after') });
    trial.fact(`node3 was gone ${Math.round(ms)} ms after SIGTERM, and answers again`);
  },
};
