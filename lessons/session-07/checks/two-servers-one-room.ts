import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const ROOMS = 4;
const ROUNDS = 3;

export const check: Check = {
  id: 'two-servers-one-room',
  promise: 'Two users at two servers are in one room: each hears what the other says, once',
  hints: [
    'alice speaks at chat1. Who tells chat2, and who numbers what she said?',
    'Each room has one sequencer; the other server has what is said there numbered by it (sequence), and gets it delivered.',
  ],
  chapter: 'real-time/10-chat-system.md#two-servers-and-a-wire',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const bob = await ChatClient.connect(trial, 'chat2', 'bob');
    for (let n = 0; n < ROOMS; n++) {
      const room = trial.unique('den');
      await alice.join(room);
      await bob.join(room);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [speaker, listener] of [
          [alice, bob],
          [bob, alice],
        ] as const) {
          const message = await speaker.say(room, `${speaker.user} ${round}`);
          const heard = await listener.upTo(room, message.sequenceNumber);
          trial.expectEqual(heard.at(-1), message, `the message as ${listener.who} hears it`);
        }
      }
      const messages = await sameHistory(trial, room, 2 * ROUNDS);
      trial.expectEqual(messages.length, 2 * ROUNDS, `the number of messages in ${room}`);
      await alice.upTo(room, 2 * ROUNDS);
    }
    trial.fact(`${ROOMS * ROUNDS * 2} messages in ${ROOMS} rooms, each heard once at the other server`);
  },
};
