import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';
import { brief } from '../../shared/brief.ts';

export const check: Check = {
  id: 'left-is-left',
  promise: 'Who leaves a room hears nothing of it, may not speak in it, and may come back',
  hints: [
    'Which lists still name a user who has left? And what of the other rooms that the user is in?',
    'leave is the reverse of join: the room forgets the connection, the connection forgets the room, the others are told.',
  ],
  chapter: 'real-time/09-pub-sub.md#who-is-in-the-room',
  services: ['chat1'],
  settings: calm,
  async run(trial: Trial) {
    const room = trial.unique('den');
    const hall = trial.unique('hall');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const bob = await ChatClient.connect(trial, 'chat1', 'bob');
    for (const client of [alice, bob]) {
      await client.join(room);
      await client.join(hall);
    }
    await alice.say(room, 'all here?');
    await bob.upTo(room, 1);
    await bob.leave(room);
    await alice.sees('bob', room, 'offline', 'he has left');
    await alice.say(room, 'he is gone');
    // On one connection the later frame comes later.
    await alice.say(hall, 'can you hear me?');
    await bob.upTo(hall, 1);
    const heard = bob.view(room).messages.length;
    trial.expect(heard === 1, {
      expected: `bob, who has left ${room}, is not shown what is said there`,
      seen: `he was shown ${brief(bob.view(room).messages.at(-1))}`,
    });
    const stillThere = alice.view(hall).statusesOf('bob').at(-1);
    trial.expect(stillThere === 'online', {
      expected: `bob has left ${room}, and is still online in ${hall}`,
      seen: `alice was told that he is ${stillThere}`,
    });
    // And there he may still speak.
    await bob.say(hall, 'I can');
    await bob.expectError('not_joined', `a message of bob to ${room}, which he has left,`, () =>
      bob.post(room, 'psst'),
    );
    const { presence } = await alice.join(room);
    trial.expect(!presence.some((each) => each?.userId === 'bob' && each.status === 'online'), {
      expected: `the presence in ${room} does not say that bob, who has left, is online`,
      seen: brief(presence),
    });
    const back = await ChatClient.connect(trial, 'chat1', 'bob', { name: 'bob again' });
    await back.join(room);
    await alice.sees('bob', room, 'online', 'he has come back');
    await alice.say(room, 'welcome');
    await back.upTo(room, 3);
    for (const client of [alice, back]) await client.leave(room);
    const { sequenceNumber } = await alice.join(room);
    trial.expectEqual(
      sequenceNumber,
      3,
      `the sequenceNumber of ${room} for alice, who is the first to come back when all have left,`,
    );
    trial.fact('bob left, heard nothing, was refused, came back, and heard again');
  },
};
