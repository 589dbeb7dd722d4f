import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

/** The contract says 10,000; a forgetful memory shows itself long before, and this takes about a second. */
const OTHERS = 1_500;
const AT_ONCE = 50;

export const check: Check = {
  id: 'long-memory',
  promise: 'A late copy is still known after many other messages',
  hints: [
    'A memory must end somewhere. When does yours begin to forget, and whom?',
    'Look at receive: at least the last 10,000 ids stay; the given #forgetOldest takes the oldest out beyond that.',
  ],
  chapter: 'fundamentals/02-message-passing.md#a-finite-memory',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const mark = trial.unique('early');
    const early = { id: trial.unique('early'), type: 'add', data: { n: 1, mark } };
    const first = await messages.message('node3', early);
    trial.expectStatus(first, 200, 'the first message');
    let sent = 0;
    async function sendOthers(): Promise<void> {
      while (sent++ < OTHERS) {
        const answer = await messages.message('node3', {
          id: trial.unique('other'),
          type: 'echo',
          data: sent,
        });
        trial.expectStatus(answer, 200, 'a message in between');
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, sendOthers));
    const copy = await messages.message('node3', early);
    trial.expectEqual(copy.body, first.body, `the answer to a copy that comes ${OTHERS} messages later`);
    await messages.expectHandled('node3', mark, 1, `a copy of it came ${OTHERS} messages later`);
    trial.fact(`a copy was still known ${OTHERS} messages later`);
  },
};
