import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

/** Less than what remains until a node must have ended. */
const WORK_MS = 300;

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM: a node finishes what it has begun and ends within 2 s with exit code 0',
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
    const begun = { id: trial.unique('begun'), type: 'slow', data: { ms: WORK_MS } };
    const answering = trial.node('node3').try('POST', '/message', { from: 'node1', to: 'node3', ...begun });
    const seen = async () => (await messages.inbox('node3')).some(({ id }) => id === begun.id);
    const inProgress = await Promise.race([
      trial.eventually('node3 has begun with the message', seen),
      // Some nodes enter a message into the inbox when it has been handled.
      answering.then(() => false),
    ]);
    const { exitCode, ms } = await trial.terminate('node3');
    const { answer } = await answering;
    trial.expect(!inProgress || answer?.status === 200, {
      expected: `node3 answers the message that it has begun with, which takes ${WORK_MS} ms, before it ends`,
      seen: answer ? `${answer.status} ${JSON.stringify(answer.body)}` : 'it broke the connection',
    });
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
    trial.fact(
      `node3 answered what it had begun with, was gone ${Math.round(ms)} ms after SIGTERM, and answers again`,
    );
  },
};
