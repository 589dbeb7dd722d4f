import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { history } from '../../chat/history.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';
import { brief } from '../../shared/brief.ts';

const ROUNDS = 4;

export const check: Check = {
  id: 'rooms-do-not-leak',
  promise: 'Rooms stay apart, at both servers: messages, numbers and who is there',
  hints: [
    'What one server tells the other is about one room. Where could that get lost on the way?',
    'Numbers, ids and deliveries belong to a room; room.lastNumber counts one room only.',
  ],
  chapter: 'real-time/10-chat-system.md#two-servers-and-a-wire',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    const rooms = Array.from({ length: 3 }, () => trial.unique('club'));
    // A name that begins as another one does, and one that differs in its capitals only.
    rooms.push(`${rooms[0]}-2`, rooms[0]!.toUpperCase());
    const pairs = [];
    for (const room of rooms) {
      const here = await ChatClient.connect(trial, 'chat1', `one of ${room}`, { name: `${room}/1` });
      const there = await ChatClient.connect(trial, 'chat2', `two of ${room}`, { name: `${room}/2` });
      await here.join(room);
      await there.join(room);
      pairs.push({ room, here, there });
    }
    for (let n = 1; n <= ROUNDS; n++) {
      for (const { room, here, there } of pairs) {
        const first = await here.say(room, room, `same-id-${n}`);
        const second = await there.say(room, room, `same-id-${n}`);
        trial.expectEqual(
          [first.sequenceNumber, second.sequenceNumber],
          [2 * n - 1, 2 * n],
          `the numbers of the next two messages in ${room}`,
        );
      }
    }
    for (const { room, here, there } of pairs) {
      for (const client of [here, there]) {
        await client.upTo(room, 2 * ROUNDS);
        for (const other of rooms.filter((name) => name !== room)) expectNothingOf(trial, client, other);
      }
      for (const server of SERVERS) {
        const wrong = (await history(trial, server, room)).find(({ content }) => content !== room);
        trial.expect(wrong === undefined, {
          expected: `the history of ${room} at ${server} has what was said there, and nothing else`,
          seen: brief(wrong),
        });
      }
    }
    trial.fact(`${rooms.length} rooms at two servers, each counted from 1 and heard where it was said`);
  },
};

function expectNothingOf(trial: Trial, client: ChatClient, room: string): void {
  const { messages, presence } = client.view(room);
  trial.expect(messages.length === 0 && presence.length === 0, {
    expected: `${client.who} hears nothing of ${room}, which it has not joined`,
    seen: brief(messages[0] ?? presence[0]),
  });
}
