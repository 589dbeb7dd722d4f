import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { expectOnline } from '../../chat/presence.ts';
import { calm } from '../../chat/settings.ts';

const ROUNDS = 10;
const AT_ONCE = 12;

export const check: Check = {
  id: 'many-come-and-go',
  promise: 'Users come and go by the dozen: who stays misses nothing, of who is gone nothing is left',
  hints: [
    'A list is walked through, and somebody takes an entry out of it meanwhile. Which entry is skipped?',
    'Walk through a copy of the members and of connection.roomIds; after onClose nothing may name the connection any more.',
  ],
  chapter: 'real-time/08-websockets.md#when-a-line-dies',
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
    const before = await connections(trial);
    for (let round = 0; round < ROUNDS; round++) {
      const names = Array.from({ length: AT_ONCE }, (_, n) => `guest${round}-${n}`);
      const guests = await Promise.all(names.map((name) => ChatClient.connect(trial, 'chat1', name)));
      await Promise.all(guests.flatMap((guest) => [guest.join(room), guest.join(hall)]));
      for (const [n, guest] of guests.entries()) {
        alice.post(room, `round ${round}, ${n}`);
        if (n % 2 === 0) guest.line.cut();
        else guest.line.close();
      }
      await alice.say(hall, `round ${round}`);
    }
    const last = ROUNDS * AT_ONCE;
    await alice.upTo(room, last);
    await bob.upTo(room, last);
    await bob.upTo(hall, ROUNDS);
    for (const name of [room, hall]) await expectAlone(trial, bob, name);
    if (before !== undefined) {
      let now: number | undefined;
      await trial.eventually(
        `/health counts no more than ${before} connections, as before the guests came`,
        async () => {
          now = await connections(trial);
          return now !== undefined && now <= before;
        },
        { seen: () => `it counts ${now}` },
      );
    }
    trial.fact(`${last} guests came and went; ${last + ROUNDS} messages reached those who stayed`);
  },
};

/** How many connections the server counts, if it says so. */
async function connections(trial: Trial): Promise<number | undefined> {
  const { body } = await trial.node('chat1').call('GET', '/health');
  return Number.isInteger(body?.connections) ? body.connections : undefined;
}

async function expectAlone(trial: Trial, bob: ChatClient, room: string): Promise<void> {
  for (let n = 0; n < AT_ONCE; n++) {
    await bob.sees(`guest${ROUNDS - 1}-${n}`, room, 'offline', 'the guest is gone');
  }
  const answer = await trial.node('chat1').call('GET', `/rooms/${room}/presence`);
  trial.expectStatus(answer, 200, `GET /rooms/${room}/presence`);
  expectOnline(trial, answer.body, ['alice', 'bob'], `GET /rooms/${room}/presence, all guests gone,`);
}
