import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const ADDS = 5;

export const check: Check = {
  id: 'adds-up',
  promise: 'Messages are handled in the order in which they come, each one once',
  hints: [
    'Every message must reach the handler. Which of them did not, or came twice?',
    'Look at receive: two different messages have two different ids. Is it the id under which you remember?',
  ],
  chapter: 'fundamentals/02-message-passing.md#one-id-for-all-attempts',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const mark = trial.unique('add');
    const counters: number[] = [];
    const ids = new Set<string>();
    for (let n = 1; n <= ADDS; n++) {
      const { id, reply } = await messages.deliver('node1', 'node3', 'add', { n, mark });
      counters.push(reply?.counter);
      ids.add(id);
    }
    trial.expect(ids.size === ADDS, {
      expected: `${ADDS} sends have ${ADDS} different ids`,
      seen: `${ids.size} different ids: ${[...ids].join(', ')}`,
    });
    const steps = counters.slice(1).map((counter, index) => counter - counters[index]!);
    trial.expectEqual(steps, [2, 3, 4, 5], `by how much each add of 2, 3, 4, 5 raised the counter of node3`);
    const order = (await messages.inbox('node3')).filter((entry) => entry.data?.mark === mark);
    trial.expectEqual(
      order.map((entry) => entry.data.n),
      [1, 2, 3, 4, 5],
      'the order in the inbox of node3',
    );
    trial.fact(`the counter of node3 went ${counters.join(', ')}`);
  },
};
