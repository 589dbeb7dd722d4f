import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { expectOnline } from '../../chat/presence.ts';
import { attentive } from '../../chat/settings.ts';

const TIMEOUT_MS = Number(attentive.PRESENCE_TIMEOUT_MS);

export const check: Check = {
  id: 'half-open',
  promise: 'A client that went away without hanging up is found, though it never answers the goodbye',
  hints: [
    'You say goodbye to somebody who is not there any more. Who says goodbye to you, and when?',
    'Whoever is given up leaves the rooms at once: do not wait until the WebSocket tells that it is closed.',
  ],
  chapter: 'real-time/08-websockets.md#when-a-line-dies',
  services: ['chat1'],
  settings: attentive,
  stands:
    'That nobody waits for the answer to a goodbye is given; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice', { mayBeMissed: true });
    const bob = await ChatClient.connect(trial, 'chat1', 'bob', { silent: true });
    await alice.join(room);
    await bob.join(room);
    await alice.sees('bob', room, 'online', 'he has joined');
    // The lid is closed: nothing is read, nothing is sent, and nothing tells the other side.
    bob.line.pauseReading();
    const began = performance.now();
    await alice.sees('bob', room, 'offline', `nothing was heard of him for ${TIMEOUT_MS} ms`);
    const ms = Math.round(performance.now() - began);
    const answer = await trial.node('chat1').call('GET', `/rooms/${room}/presence`);
    expectOnline(trial, answer.body, ['alice'], `GET /rooms/${room}/presence`);
    const back = await ChatClient.connect(trial, 'chat1', 'bob', { name: 'bob again', mayBeMissed: true });
    await back.join(room);
    await alice.sees('bob', room, 'online', 'he has opened the lid');
    // The end of the old line must not take the new one away.
    bob.line.resumeReading();
    await trial.eventually("bob's old connection is gone", () => bob.line.ended, { withinMs: 5_000 });
    await back.ping();
    await back.say(room, 'here I am');
    await alice.upTo(room, 1);
    const status = alice.view(room).statusesOf('bob').at(-1);
    trial.expect(status === 'online', {
      expected: 'bob is online with a new connection, whatever becomes of the old one',
      seen: `alice was told that he is ${status}`,
    });
    trial.fact(`bob was missed ${ms} ms after he went away without a word`);
  },
};
