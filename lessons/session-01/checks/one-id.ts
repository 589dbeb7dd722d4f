import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const LOST = 2;

export const check: Check = {
  id: 'one-id',
  promise: 'All attempts of one send carry one id, and two sends never share one',
  hints: [
    'The receiver can only know a copy by something that is the same in it. Where is that something made?',
    'Look at sendWithRetry: the message is made once, before the loop, and every attempt sends that very message.',
  ],
  chapter: 'fundamentals/02-message-passing.md#one-id-for-all-attempts',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const sends = await Promise.all(
      ['node2', 'node3'].map(async (to) => {
        const mark = trial.unique('one-id');
        const trap = await trial.wire.trap({
          from: 'node1',
          to,
          contains: mark,
          action: 'lose-request',
          times: LOST,
        });
        const { id, attempts } = await messages.deliver('node1', to, 'add', { n: 1, mark });
        const onTheWire = (await messages.attemptsOnTheWire('node1', to, mark)).map((attempt) => attempt.id);
        if ((await trap.caught()).length < LOST) await messages.requireTraffic('node1', to);
        trial.expect(new Set(onTheWire).size === 1 && onTheWire[0] === id, {
          expected: `all attempts of one send carry the id that the client is told (${id})`,
          seen: `${onTheWire.length} attempts carried ${new Set(onTheWire).size} different ids`,
          evidence: onTheWire.map((each, index) => `attempt ${index + 1}: id ${each}`),
        });
        trial.expect(attempts > LOST, {
          expected: `with ${LOST} requests lost, "attempts" is at least ${LOST + 1}`,
          seen: String(attempts),
        });
        return id;
      }),
    );
    trial.expect(sends[0] !== sends[1], {
      expected: 'two sends have two ids',
      seen: `both have ${sends[0]}`,
    });
    trial.fact(`${LOST} lost requests each, and every attempt carried the id of its send`);
  },
};
