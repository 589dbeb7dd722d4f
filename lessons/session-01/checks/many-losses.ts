import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const ADDS = 10;
const LOSS = 0.3;

export const check: Check = {
  id: 'many-losses',
  promise: 'On a link that loses a third of everything, each message still takes effect once',
  hints: [
    'Retrying makes it arrive at least once. What makes it count at most once?',
    'Both halves are needed: sendWithRetry keeps trying with one id, receive handles an id once.',
  ],
  chapter: 'fundamentals/02-message-passing.md#duplicates',
  services: NODES,
  settings: brisk,
  stands:
    'lost requests and lost answers have checks of their own; this one shows both halves at work together.',
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const before = await messages.counter('node2');
    await trial.faults.loss(LOSS, 'node1', 'node2');
    const marks = Array.from({ length: ADDS }, () => trial.unique('lossy'));
    const answers = await Promise.all(
      marks.map((mark) => messages.send('node1', 'node2', 'add', { n: 1, mark }, trial.patience(20_000))),
    );
    await trial.faults.heal();
    await messages.requireTraffic('node1', 'node2');
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 200)
        await messages.expectHandled('node2', marks[index]!, 1, 'the client was told of success');
      else trial.expectStatus(answer, 504, 'a send over a bad link, if not with 200,');
    }
    const unknown = answers.filter((answer) => answer.status !== 200).length;
    if (unknown === ADDS) trial.inconclusive('Not one message came through.', 'Run it again.');
    const grown = (await messages.counter('node2')) - before;
    trial.expect(grown >= ADDS - unknown && grown <= ADDS, {
      expected: `the counter of node2 grows by ${ADDS}${unknown > 0 ? `, less up to ${unknown} of unknown outcome` : ''}`,
      seen: `it grew by ${grown}`,
    });
    const attempts = answers.reduce((sum, answer) => sum + (answer.body?.attempts ?? 0), 0);
    trial.fact(
      `${ADDS} messages took ${attempts} attempts over a link that loses 30%, and each counted once`,
    );
  },
};
