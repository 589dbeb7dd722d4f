import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { expectOnline } from '../../chat/presence.ts';
import { calm } from '../../chat/settings.ts';

export const check: Check = {
  id: 'presence-on-and-off',
  promise: 'A user is online from the first connection in a room on, and offline when the last is gone',
  hints: [
    'One person, two windows. One of them is closed: is the person gone?',
    'onClose takes one connection away. The user is offline when no other connection of the same user is in the room.',
  ],
  chapter: 'real-time/09-pub-sub.md#presence-is-an-opinion',
  services: ['chat1'],
  settings: calm,
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    await alice.join(room);
    const first = await ChatClient.connect(trial, 'chat1', 'bob');
    const { presence } = await first.join(room);
    expectOnline(trial, presence, ['alice'], `what bob is told when he joins ${room}`, ['bob']);
    await alice.sees('bob', room, 'online', 'he has joined');
    const second = await ChatClient.connect(trial, 'chat1', 'bob', { name: "bob's tab 2" });
    await second.join(room);
    await second.say(room, 'two of me');
    // Both windows show what was said.
    for (const window of [first, second]) await window.upTo(room, 1);
    const path = `GET /rooms/${room}/presence`;
    expectOnline(trial, await presenceOf(trial, room), ['alice', 'bob'], `with bob there twice, ${path}`);
    first.line.close();
    await trial.eventually("the connection that bob's first window closed is gone", () => first.line.ended);
    // What comes later on alice's connection was sent later: by then the server has seen the end of the first.
    await second.ping();
    await second.say(room, 'one of me');
    await alice.upTo(room, 2);
    trial.expect(!alice.view(room).statusesOf('bob').includes('offline'), {
      expected: 'bob has two connections and closes one: he is still online',
      seen: 'alice was told that he is offline',
    });
    expectOnline(trial, await presenceOf(trial, room), ['alice', 'bob'], path);
    second.line.cut();
    const { lastSeen } = await alice.sees('bob', room, 'offline', 'his last connection is gone');
    expectRecent(trial, lastSeen);
    expectOnline(trial, await presenceOf(trial, room), ['alice'], path);
    const again = await ChatClient.connect(trial, 'chat1', 'bob', { name: 'bob again' });
    await again.join(room);
    await alice.sees('bob', room, 'online', 'he is back');
    trial.fact('bob was online with two connections, with one, then offline, and online again');
  },
};

async function presenceOf(trial: Trial, room: string): Promise<unknown> {
  const answer = await trial.node('chat1').call('GET', `/rooms/${room}/presence`);
  trial.expectStatus(answer, 200, `GET /rooms/${room}/presence`);
  return answer.body;
}

function expectRecent(trial: Trial, lastSeen: unknown): void {
  const isRecent = typeof lastSeen === 'number' && Math.abs(lastSeen - Date.now()) < 60_000;
  trial.expect(isRecent, {
    expected: 'lastSeen of bob, who was here a moment ago, is the present in epoch ms',
    seen: `${lastSeen}`,
  });
}
