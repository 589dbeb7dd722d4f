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
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const bob = await ChatClient.connect(trial, 'chat1', 'bob');
    const carol = await ChatClient.connect(trial, 'chat1', 'carol');
    await alice.join(room);
    await bob.join(other);
    const joined = await carol.join(room);
    trial.expect(!joined.presence.some((each) => each?.userId === 'bob'), {
      expected: `the presence in ${room} does not name bob, who is in ${other} only`,
      seen: brief(joined.presence),
    });
    await carol.join(other);
    await alice.expectError('not_joined', `a message of alice to ${other}, which she has not joined,`, () =>
      alice.post(other, 'through the wall'),
    );
    for (let n = 1; n <= ROUNDS; n++) {
      const one = await alice.say(room, `in ${room}`);
      const two = await bob.say(other, `in ${other}`);
      trial.expectEqual(one.sequenceNumber, n, `the number of message ${n} in ${room}`);
      trial.expectEqual(two.sequenceNumber, n, `the number of message ${n} in ${other}`);
    }
    for (const [client, its, foreign] of [
      [alice, [room], other],
      [bob, [other], room],
      [carol, [room, other], undefined],
    ] as const) {
      for (const name of its) {
        const messages = await client.upTo(name, ROUNDS);
        const wrong = messages.find(({ content }) => content !== `in ${name}`);
        trial.expect(wrong === undefined, {
          expected: `${client.who} gets as messages of ${name} what was said there`,
          seen: brief(wrong),
        });
      }
      if (foreign) expectNothingOf(trial, client, foreign);
    }
    trial.fact(`${2 * ROUNDS} messages in two rooms, each counted from 1 and heard where it was said`);
  },
};

function expectNothingOf(trial: Trial, client: ChatClient, room: string): void {
  const { messages, presence } = client.view(room);
  trial.expect(messages.length === 0 && presence.length === 0, {
    expected: `${client.who} hears nothing of ${room}, which it has not joined`,
    seen: brief(messages[0] ?? presence[0]),
  });
}
