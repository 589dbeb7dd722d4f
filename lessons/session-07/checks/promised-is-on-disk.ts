import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { history } from '../../chat/history.ts';
import type { ChatMessage } from '../../chat/message.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const ROOMS = 4;

export const check: Check = {
  id: 'promised-is-on-disk',
  promise: 'What was acknowledged survives the death of both servers, and the numbers go on from there',
  hints: [
    'The ack has gone out, and the power fails. Where is the message?',
    'sequence may answer only after room.sync: until then the message is in memory.',
  ],
  chapter: 'real-time/10-chat-system.md#on-disk',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    const rooms = Array.from({ length: ROOMS }, () => trial.unique('den'));
    const clients = await Promise.all(
      SERVERS.map((server) => ChatClient.connect(trial, server, `user-${server}`)),
    );
    const kept: ChatMessage[] = [];
    for (const room of rooms) for (const client of clients) await client.join(room);
    for (const room of rooms) for (const client of clients) kept.push(await client.say(room, 'kept'));
    const last = Promise.all(rooms.map((room, n) => clients[n % 2]!.say(room, 'kept, the last')));
    kept.push(...(await last));
    await Promise.all(SERVERS.map((server) => trial.faults.kill(server)));
    await Promise.all(SERVERS.map((server) => trial.faults.restart(server)));
    for (const [n, room] of rooms.entries()) {
      for (const server of SERVERS) {
        const messages = await history(trial, server, room);
        for (const message of kept.filter(({ roomId }) => roomId === room)) {
          trial.expect(messages[message.sequenceNumber - 1]?.id === message.id, () => ({
            expected: `number ${message.sequenceNumber} of ${room}, acknowledged before both servers were killed, is there at ${server} afterwards`,
            seen: `the history at ${server} has ${messages.length} messages, ${messages.length < message.sequenceNumber ? 'and ends before' : 'and another one there'}`,
          }));
        }
      }
      const back = await ChatClient.connect(trial, SERVERS[n % 2]!, 'back');
      await back.join(room);
      const { sequenceNumber } = await back.say(room, 'where were we?');
      trial.expectEqual(sequenceNumber, 4, `the number of the fourth message in ${room}, after the restart`);
    }
    trial.fact(
      `${kept.length} acknowledged messages in ${ROOMS} rooms were there after both servers were killed`,
    );
  },
};
