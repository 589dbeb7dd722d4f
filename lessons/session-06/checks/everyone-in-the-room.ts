import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';

const NAMES = ['alice', 'bob', 'carol'];
const ROUNDS = 4;

export const check: Check = {
  id: 'everyone-in-the-room',
  promise: 'What is said in a room reaches all who joined it, the sender too, each once',
  hints: [
    'Who is in the room at the moment when somebody speaks in it? Is the one who speaks?',
    'join enters the connection in the room; publish sends to all connections in it, without exception.',
  ],
  chapter: 'real-time/09-pub-sub.md#who-is-in-the-room',
  services: ['chat1'],
  settings: calm,
  async run(trial: Trial) {
    const room = trial.unique('den');
    const clients = [];
    for (const name of NAMES) {
      const client = await ChatClient.connect(trial, 'chat1', name);
      const { sequenceNumber } = await client.join(room);
      trial.expectEqual(sequenceNumber, 0, `the sequenceNumber of ${room}, in which nobody has spoken yet,`);
      clients.push(client);
    }
    // Joined twice is still in the room once.
    await clients[1]!.join(room);
    for (let n = 1; n <= ROUNDS * clients.length; n++) {
      const speaker = clients[n % clients.length]!;
      const { sequenceNumber } = await speaker.say(room, `number ${n}`);
      trial.expectEqual(
        sequenceNumber,
        n,
        `the number of what ${speaker.user} said as number ${n} in ${room}`,
      );
    }
    const last = ROUNDS * clients.length;
    const ids = new Set((await clients[0]!.upTo(room, last)).map(({ id }) => id));
    trial.expectEqual(ids.size, last, `how many different ids the ${last} messages of ${room} have`);
    for (const client of clients) {
      const messages = await client.upTo(room, last);
      for (const [index, { content, userId, roomId }] of messages.entries()) {
        const said = { content: `number ${index + 1}`, userId: NAMES[(index + 1) % 3], roomId: room };
        trial.expectEqual({ content, userId, roomId }, said, `message ${index + 1} as ${client.who} gets it`);
      }
    }
    trial.fact(`${last} messages of three users reached all three, in one order`);
  },
};
