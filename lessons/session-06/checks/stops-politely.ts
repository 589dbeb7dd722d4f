import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { expectGoodbye } from '../../chat/goodbye.ts';
import { calm } from '../../chat/settings.ts';

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM: all lines are closed with 1001, and the server ends within 2 s, with exit code 0',
  hints: [
    'One of the clients does not answer the goodbye. How long do you wait for it?',
    'The given server says goodbye to all and waits only a moment. What in your code could hold it up?',
  ],
  chapter: 'real-time/08-websockets.md#frames-and-close-codes',
  services: ['chat1'],
  settings: calm,
  stands: 'The end of a server is given; the check tells a learner whose code holds it up.',
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const asleep = await ChatClient.connect(trial, 'chat1', 'asleep');
    await alice.join(room);
    await asleep.join(room);
    asleep.line.pauseReading();
    await alice.say(room, 'good night');
    await expectGoodbye(trial, 'chat1', [alice]);
  },
};
