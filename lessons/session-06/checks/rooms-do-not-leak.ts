import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';
import { brief } from '../../shared/brief.ts';

const ROUNDS = 6;

export const check: Check = {
  id: 'rooms-do-not-leak',
  promise: 'Nothing leaks from one room to another, not even who is there; each room counts for itself',
  hints: [
    'Two rooms are talked in at the same time. Which of the two decides who gets a message?',
    "publish looks up the members of the message's room, by its whole name; so does what tells them of presence.",
  ],
  chapter: 'real-time/09-pub-sub.md#who-is-in-the-room',
  services: ['chat1'],
  settings: calm,
  async run(trial: Trial) {
    const room = trial.unique('club');
    // A name that begins as the other does is another name.
    const other = `${room}-2`;
    // And so is one in capitals.
    const capitals = room.toUpperCase();
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const bob = await ChatClient.connect(trial, 'chat1', 'bob');
    const carol = await ChatClient.connect(trial, 'chat1', 'carol');
    const dave = await ChatClient.connect(trial, 'chat1', 'dave');
    await alice.join(room);
    await bob.join(other);
    const joined = await carol.join(room);
    trial.expect(!joined.presence.some((each) => each?.userId === 'bob'), {
      expected: `the presence in ${room} does not name bob, who is in ${other} only`,
      seen: brief(joined.presence),
    });
    await carol.join(other);
    await dave.join(capitals);
    await expectListed(trial, [room, other, capitals]);
    await alice.expectError('not_joined', `a message of alice to ${other}, which she has not joined,`, () =>
      alice.post(other, 'through the wall'),
    );
    for (let n = 1; n <= ROUNDS; n++) {
      const one = await alice.say(room, `in ${room}`);
      const two = await bob.say(other, `in ${other}`);
      trial.expectEqual(one.sequenceNumber, n, `the number of message ${n} in ${room}`);
      trial.expectEqual(two.sequenceNumber, n, `the number of message ${n} in ${other}`);
    }
    const loud = await dave.say(capitals, `in ${capitals}`);
    trial.expectEqual(loud.sequenceNumber, 1, `the number of the first message in ${capitals}`);
    for (const [client, its, foreign] of [
      [alice, [room], [other, capitals]],
      [bob, [other], [room, capitals]],
      [carol, [room, other], [capitals]],
      [dave, [], [room, other]],
    ] as const) {
      for (const name of its) {
        const messages = await client.upTo(name, ROUNDS);
        const wrong = messages.find(({ content }) => content !== `in ${name}`);
        trial.expect(wrong === undefined, {
          expected: `${client.who} gets as messages of ${name} what was said there`,
          seen: brief(wrong),
        });
      }
      for (const name of foreign) expectNothingOf(trial, client, name);
    }
    trial.fact(`${2 * ROUNDS} messages in two rooms, each counted from 1 and heard where it was said`);
  },
};

/** However a room is listed: its name is in the list. */
async function expectListed(trial: Trial, rooms: readonly string[]): Promise<void> {
  const answer = await trial.node('chat1').call('GET', '/rooms');
  trial.expectStatus(answer, 200, 'GET /rooms');
  const list = JSON.stringify(answer.body) ?? '';
  for (const room of rooms) {
    trial.expect(list.includes(JSON.stringify(room)), {
      expected: `GET /rooms names ${room}, in which somebody is`,
      seen: brief(answer.body),
    });
  }
}

function expectNothingOf(trial: Trial, client: ChatClient, room: string): void {
  const { messages, presence } = client.view(room);
  trial.expect(messages.length === 0 && presence.length === 0, {
    expected: `${client.who} hears nothing of ${room}, which it has not joined`,
    seen: brief(messages[0] ?? presence[0]),
  });
}
