import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';
import { brief } from '../../shared/brief.ts';

const VICTIMS = 5;

export const check: Check = {
  id: 'cut-in-mid-message',
  promise: 'A line that breaks in the middle of a message harms nobody: no half message, no silence',
  hints: [
    'What becomes of a loop over the members of a room when one of them is gone?',
    'onClose is called for every end, polite or not. Sending to a line that has just broken must not keep the others waiting.',
  ],
  chapter: 'real-time/08-websockets.md#when-a-line-dies',
  services: ['chat1'],
  settings: calm,
  stands:
    'Half a frame is kept back by the WebSocket library; the check tells a learner who reads frames by hand what broke.',
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const names = Array.from({ length: VICTIMS }, (_, n) => `victim${n + 1}`);
    const victims = await Promise.all(names.map((name) => ChatClient.connect(trial, 'chat1', name)));
    for (const victim of victims) await victim.join(room);
    await alice.join(room);
    const content = trial.unique('unfinished');
    for (const victim of victims) {
      const half = { type: 'message', roomId: room, content: content.repeat(500), clientMessageId: 'half' };
      victim.line.cutInMidFrame(half);
      // Said while the server may not know yet that one of them is gone.
      await alice.say(room, `${victim.user}?`);
    }
    for (const name of names) await alice.sees(name, room, 'offline', 'the connection broke');
    await alice.say(room, 'all gone');
    const messages = await alice.upTo(room, VICTIMS + 1);
    const half = messages.find(({ userId }) => userId !== 'alice');
    trial.expect(half === undefined, {
      expected: 'of a message that was cut in the middle nothing is shown',
      seen: brief(half),
    });
    trial.fact(`${VICTIMS} lines broke in the middle of a message; nothing of them was shown`);
  },
};
