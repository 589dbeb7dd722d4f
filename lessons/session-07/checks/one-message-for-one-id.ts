import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const AT_ONCE = 5;

export const check: Check = {
  id: 'one-message-for-one-id',
  promise: 'One clientMessageId of a user is one message: at both servers, at once, after a restart',
  hints: [
    'No ack has come. Was the message lost, or only the ack? What must the client be allowed to do?',
    'sequence looks first whether the room knows the draft (room.find), by user and clientMessageId.',
  ],
  chapter: 'real-time/10-chat-system.md#did-my-message-count',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    for (const sequencer of SERVERS) {
      const { room, last } = await roomOf(trial, sequencer);
      const here = await ChatClient.connect(trial, 'chat1', 'alice', { name: 'alice at 1' });
      const there = await ChatClient.connect(trial, 'chat2', 'alice', { name: 'alice at 2' });
      const bob = await ChatClient.connect(trial, 'chat2', 'bob');
      for (const client of [here, there, bob]) await client.join(room);
      const id = trial.unique('once');
      const asked = Array.from({ length: AT_ONCE }, (_, n) => (n % 2 ? there : here).say(room, 'once', id));
      const answers = await Promise.all(asked);
      const later = await there.say(room, 'once', id);
      for (const answer of answers) trial.expectEqual(answer, later, `the message that ${id} has become`);
      trial.expectEqual(later.sequenceNumber, last + 1, `its number in ${room}`);
      const other = await bob.say(room, 'of another user', id);
      trial.expectEqual(other.sequenceNumber, last + 2, `the number of the message of bob with the same id`);
      await trial.faults.restart(sequencer);
      const back = await ChatClient.connect(trial, sequencer, 'alice', { name: 'alice again' });
      await back.join(room);
      const again = await back.say(room, 'once', id);
      trial.expectEqual(again, later, `the message that ${id} has become, after ${sequencer} was killed`);
      const next = await back.say(room, 'something new');
      trial.expectEqual(next.sequenceNumber, last + 3, `the number of the next message in ${room}`);
      const history = await sameHistory(trial, room, last + 3);
      trial.expectEqual(history.length, last + 3, `the number of messages in ${room}`);
      if (sequencer === 'chat1') await bob.upTo(room, last + 3);
    }
    trial.fact(`said ${AT_ONCE + 2} times at two servers and after a restart, it is one message`);
  },
};
