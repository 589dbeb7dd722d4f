import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

export const check: Check = {
  id: 'lost-answer',
  promise: 'When only the answer gets lost, the retry gets the same reply and nothing happens twice',
  hints: [
    'The work is done, but the sender does not know. What should the second copy get?',
    'Look at receive: remember the reply under the message’s id, and look there before handling.',
  ],
  chapter: 'fundamentals/02-message-passing.md#duplicates',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const mark = trial.unique('lost-answer');
    const trap = await trial.wire.trap({
      from: 'node1',
      to: 'node2',
      contains: mark,
      action: 'lose-answer',
      times: 2,
    });
    const { reply, attempts } = await messages.deliver('node1', 'node2', 'add', { n: 1, mark });
    const lost = await trap.caught();
    if (lost.length === 0) await messages.requireTraffic('node1', 'node2');
    await messages.expectHandled('node2', mark, 1, `${lost.length} of its answers were lost on the way back`);
    const first = JSON.parse(lost[0]?.answer ?? 'null');
    trial.expectEqual(
      reply,
      first?.reply,
      'the reply to the last copy, compared with the lost reply to the first,',
    );
    trial.fact(`${lost.length} answers were lost; attempt ${attempts} got the reply of the first`);
  },
};
