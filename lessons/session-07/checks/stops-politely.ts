import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { expectGoodbye } from '../../chat/goodbye.ts';
import { history } from '../../chat/history.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

export const check: Check = {
  id: 'stops-politely',
  promise: 'SIGTERM: clients are told with 1001, the server ends within 2 s, what was promised is kept',
  hints: [
    'What must be finished before a server may go?',
    'The given server says goodbye, finishes the requests at hand and closes the journal. What in your code could hold it up?',
  ],
  chapter: 'real-time/10-chat-system.md#running-the-example',
  services: SERVERS,
  settings: calm,
  stands: 'The end of a server is given; the check tells a learner whose code holds it up.',
  async run(trial: Trial) {
    const { room } = await roomOf(trial, 'chat1');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    await alice.join(room);
    const { id, sequenceNumber } = await alice.say(room, 'good night');
    await expectGoodbye(trial, 'chat1', [alice]);
    await trial.faults.restart('chat1');
    const messages = await history(trial, 'chat1', room);
    trial.expectEqual(messages[sequenceNumber - 1]?.id, id, `the id of number ${sequenceNumber} afterwards`);
  },
};
