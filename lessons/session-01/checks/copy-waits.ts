import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const SLOW_MS = 500;

export const check: Check = {
  id: 'copy-waits',
  promise: 'A copy that comes while the first is still being handled waits for its reply',
  hints: [
    'There is no reply yet that could be given to the copy. Should it get an error, nothing, or wait?',
    'Look at receive: what you remember is the promise of the reply; whoever awaits it, waits.',
  ],
  chapter: 'fundamentals/02-message-passing.md#duplicates',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const mark = trial.unique('in-progress');
    const envelope = { id: trial.unique('slow'), type: 'slow', data: { ms: SLOW_MS, mark } };
    const first = messages.message('node2', envelope);
    const begun = async () => (await messages.inbox('node2')).some((entry) => entry.id === envelope.id);
    // Some nodes enter a message into the inbox when it has been handled; then the copy comes a little later.
    await Promise.race([
      trial.eventually('node2 has begun with the message', begun),
      trial.elapse(SLOW_MS / 4),
    ]);
    const [original, copy] = await Promise.all([first, messages.message('node2', envelope)]);
    trial.expectStatus(original, 200, 'the slow message');
    trial.expectStatus(copy, 200, 'its copy, sent while it was in progress');
    trial.expectEqual(copy.body, original.body, 'the answer to the copy');
    await messages.expectHandled('node2', mark, 1, 'the second copy came while the first was being handled');
    trial.fact(`the copy waited ${Math.round(copy.ms)} ms for the reply of the first`);
  },
};
