import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const COPIES = 5;

export const check: Check = {
  id: 'failures-are-not-remembered',
  promise: 'A message that could not be handled is not remembered: the next one with its id gets its chance',
  hints: [
    'Nothing happened, so there is nothing that must not happen twice.',
    'Look at receive: when handling fails, take the id out of the memory again before passing the error on. And sendWithRetry tries again after NoAnswer only.',
  ],
  chapter: 'fundamentals/02-message-passing.md#duplicates',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const id = trial.unique('failed');
    const mark = trial.unique('mark');
    const unknown = { id, type: 'no-such-type', data: { mark } };
    const refusals = await Promise.all(
      Array.from({ length: COPIES }, () => messages.message('node2', unknown)),
    );
    for (const refused of refusals) {
      trial.expectStatus(refused, 400, `one of ${COPIES} copies of a message of an unknown type`);
      trial.expectEqual(refused.body?.error, 'unknown_type', 'the error');
    }
    await messages.expectHandled('node2', mark, 0, 'its type is unknown');
    const mended = await messages.message('node2', { id, type: 'echo', data: { mark } });
    trial.expectStatus(mended, 200, 'the same id again, now with a type that exists');
    trial.expectEqual(mended.body?.reply, { mark }, 'the reply');
    const sent = await messages.send('node1', 'node2', 'no-such-type', { mark }, 2_000);
    trial.expect(sent.status >= 400 && sent.status < 500, {
      expected: 'POST /send of an unknown type is refused with 4xx: the peer has said that nothing happened',
      seen: `${sent.status} ${JSON.stringify(sent.body)}`,
    });
    trial.fact('an id that failed once was handled the second time; a refusal reached the sender as one');
  },
};
