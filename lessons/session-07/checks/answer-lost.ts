import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { brisk } from '../../chat/settings.ts';

export const check: Check = {
  id: 'answer-lost',
  promise: 'A message was numbered, and the answer got lost between the servers: said again, it is one',
  hints: [
    'The server that numbers has said "17", and nobody has heard it. What happens when it is asked again?',
    'sequence must find the draft that it has numbered before, and answer with the same message.',
  ],
  chapter: 'real-time/10-chat-system.md#did-my-message-count',
  services: SERVERS,
  settings: brisk,
  stands:
    'How one server asks the other is given, and whoever numbers the same twice is caught sooner; here the message was numbered, and only the answer is missing.',
  async run(trial: Trial) {
    const { room, last } = await roomOf(trial, 'chat2');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const bob = await ChatClient.connect(trial, 'chat2', 'bob');
    await alice.join(room);
    await bob.join(room);
    const trap = await trial.wire.trap({
      from: 'chat1',
      to: 'chat2',
      path: '/_publish',
      contains: room,
      action: 'lose-answer',
      times: 1,
    });
    const began = performance.now();
    const message = await alice.say(room, 'did you hear me?');
    const ms = Math.round(performance.now() - began);
    const caught = await trap.caught();
    if (caught.length === 0) {
      trial.inconclusive('chat1 did not ask chat2 to number the message.', 'Run it again.');
    }
    trial.expectEqual(message.sequenceNumber, last + 1, `the number of what alice said, in ${room}`);
    const next = await bob.say(room, 'once is enough');
    trial.expectEqual(next.sequenceNumber, last + 2, `the number of what bob says next, in ${room}`);
    for (const client of [alice, bob]) await client.upTo(room, last + 2);
    const history = await sameHistory(trial, room, last + 2);
    trial.expectEqual(history.length, last + 2, `the number of messages in ${room}`);
    trial.fact(`the first answer got lost; ${ms} ms later it was acknowledged, and there is one message`);
  },
};
