import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const COPIES = 20;
const ADDS = 5;

export const check: Check = {
  id: 'handled-once',
  promise:
    'However many copies of a message come, and even all at once, it is handled once and all get the same answer',
  hints: [
    'Two copies may both look before either has written down that it was there.',
    'Look at receive: between looking an id up and remembering it there must be no await. Remember the promise (in Python: the task) of the reply.',
  ],
  chapter: 'fundamentals/02-message-passing.md#duplicates',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    for (const [type, data] of [
      ['add', { n: 1 }],
      ['slow', { ms: 50 }],
      // A reply that looks like none.
      ['echo', 0],
    ] as const) {
      const id = trial.unique('copied');
      const envelope = { id, type, data };
      const answers = await Promise.all(
        Array.from({ length: COPIES }, () => messages.message('node2', envelope)),
      );
      for (const answer of answers) trial.expectStatus(answer, 200, `a copy of the message ${id}`);
      await messages.expectHandled('node2', id, 1, `${COPIES} copies of it came at the same time`);
      const late = await messages.message('node2', envelope);
      for (const { body } of [...answers, late]) {
        trial.expectEqual(body, answers[0]!.body, 'the answer to a copy, compared with the first,');
      }
      trial.expectEqual(
        { id: late.body?.id, from: late.body?.from },
        { id, from: 'node2' },
        'id and from in the answer',
      );
      await messages.expectHandled('node2', id, 1, 'one more copy came later');
    }
    await trial.wire.trap({ from: 'node1', to: 'node3', path: '/message', action: 'duplicate', times: 0 });
    const mark = trial.unique('doubled');
    for (let n = 0; n < ADDS; n++) await messages.deliver('node1', 'node3', 'add', { n: 1, mark });
    await messages.requireTraffic('node1', 'node3');
    await messages.expectHandled(
      'node3',
      mark,
      ADDS,
      `${ADDS} messages were sent, and the network delivered each of them twice`,
    );
    trial.fact(
      `${COPIES} copies at once were handled once; ${ADDS} messages delivered twice counted ${ADDS}`,
    );
  },
};
