import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';

const LIMIT_BYTES = 64 * 1024;

export const check: Check = {
  id: 'too-large',
  promise: 'A frame of 64 KiB passes; a larger one ends its own line with 1009, and no other',
  hints: [
    'How much must a server read before it knows that a frame is too large? What says that, at the very beginning?',
    'The given server tells the WebSocket library its limit; your functions need not know it.',
  ],
  chapter: 'real-time/08-websockets.md#frames-and-close-codes',
  services: ['chat1'],
  settings: calm,
  stands: 'The limit is given to the WebSocket library; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const bob = await ChatClient.connect(trial, 'chat1', 'bob');
    await alice.join(room);
    await bob.join(room);
    const fits = await bob.say(room, contentFor(room, LIMIT_BYTES), ID);
    trial.expectEqual((await alice.upTo(room, 1))[0]?.content.length, fits.content.length, 'its length');
    const expected = 'a frame of one byte more than 64 KiB ends its line with 1009';
    bob.post(room, contentFor(room, LIMIT_BYTES + 1), ID);
    const { code } = await trial.eventually(expected, () => bob.line.ended, { withinMs: 5_000 });
    trial.expect(code === 1009, { expected, seen: `it was closed with ${code}` });
    await alice.sees('bob', room, 'offline', 'his line was closed');
    const next = await alice.say(room, 'that was long');
    trial.expectEqual(
      next.sequenceNumber,
      2,
      'the number of what is said next: the large frame is no message',
    );
    trial.fact('65,536 bytes arrived whole, 65,537 were refused with 1009');
  },
};

const ID = 'x'.repeat(12);

/** Content with which the whole frame has this many bytes. */
function contentFor(roomId: string, bytes: number): string {
  const frame = { type: 'message', roomId, content: '', clientMessageId: ID };
  return 'z'.repeat(bytes - JSON.stringify(frame).length);
}
