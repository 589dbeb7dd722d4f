import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { expectOnline } from '../../chat/presence.ts';
import { SERVERS } from '../../chat/servers.ts';
import { attentive } from '../../chat/settings.ts';

const TIMEOUT_MS = Number(attentive.PRESENCE_TIMEOUT_MS);
const WALKS = 60;
/** So often is told of a user who is there, and still not heard, before that is no matter of time. */
const ENOUGH_WORDS = 5;

export const check: Check = {
  id: 'presence-across-servers',
  promise: 'Who is there is the same at both servers: with two connections, in silence, with a dead server',
  hints: [
    'A server dies with all its users. Who tells the others that they are gone?',
    'Servers tell each other who is with them, again and again; who is not told of any more is offline after the timeout.',
  ],
  chapter: 'real-time/09-pub-sub.md#presence-is-an-opinion',
  services: SERVERS,
  settings: attentive,
  stands:
    'What servers tell each other of presence is given; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice', { mayBeMissed: true });
    await alice.join(room);
    const bob = await ChatClient.connect(trial, 'chat2', 'bob', { mayBeMissed: true });
    await bob.join(room);
    await alice.sees('bob', room, 'online', 'he has joined at chat2');
    await bob.sees('alice', room, 'online', 'she is in the room at chat1');
    await bothSay(trial, room, ['alice', 'bob']);

    const here = await ChatClient.connect(trial, 'chat1', 'bob', { name: 'bob at chat1', mayBeMissed: true });
    await here.join(room);
    bob.line.close();
    await trial.eventually("bob's connection to chat2 is gone", () => bob.line.ended);
    // Long enough for chat2 to have told chat1, and chat1 to have told alice.
    await trial.elapse(3 * Number(attentive.HEARTBEAT_MS));
    await alice.sees('bob', room, 'online', 'one of his two connections, at two servers, is left');
    await bothSay(trial, room, ['alice', 'bob']);
    here.line.cut();
    await alice.sees('bob', room, 'offline', 'his last connection is gone');
    await bothSay(trial, room, ['alice']);

    const silent = await ChatClient.connect(trial, 'chat2', 'silent', { silent: true });
    await silent.join(room);
    silent.line.pauseReading();
    await alice.sees('silent', room, 'online', 'it has joined at chat2');
    await alice.sees('silent', room, 'offline', `nothing was heard of it for ${TIMEOUT_MS} ms`);

    const carol = await ChatClient.connect(trial, 'chat2', 'carol');
    await carol.join(room);
    await alice.sees('carol', room, 'online', 'she has joined at chat2');
    // Much happens at chat2 before it dies: it must be heard afterwards all the same.
    for (let n = 0; n < WALKS; n++) {
      await carol.join(`${room}-${n}`);
      await carol.leave(`${room}-${n}`);
    }
    await trial.faults.kill('chat2');
    const began = performance.now();
    await alice.sees('carol', room, 'offline', 'the server that she was at is dead');
    const ms = Math.round(performance.now() - began);
    await trial.faults.restart('chat2');
    const again = await ChatClient.connect(trial, 'chat2', 'carol', {
      name: 'carol again',
      mayBeMissed: true,
    });
    const toldBefore = await wordsOf(trial, 'carol');
    await again.join(room);
    const isBack = () => alice.view(room).statusesOf('carol').at(-1) === 'online';
    await trial.eventually(
      'alice is told that carol is back, or chat2 has told chat1 of her again and again',
      async () => isBack() || (await wordsOf(trial, 'carol')) >= toldBefore + ENOUGH_WORDS,
    );
    // What comes later on her connection was sent later.
    await alice.ping();
    trial.expect(isBack(), {
      expected:
        'alice at chat1 is told that carol is online: her server was killed and has started again, and she is back',
      seen: `chat2 has told chat1 of her ${ENOUGH_WORDS} times since, and alice was told: ${alice.view(room).statusesOf('carol').join(', ')}`,
    });
    await bothSay(trial, room, ['alice', 'carol']);
    trial.fact(`carol was offline ${ms} ms after her server was killed; the timeout is ${TIMEOUT_MS} ms`);
  },
};

/** How often chat2 has told chat1 of a user, and got the answer that it was heard. */
async function wordsOf(trial: Trial, user: string): Promise<number> {
  const words = await trial.wire.messages({ from: 'chat2', to: 'chat1', path: '/_presence' });
  return words.filter(({ body, status }) => status === 200 && body.includes(`"${user}"`)).length;
}

async function bothSay(trial: Trial, room: string, users: readonly string[]): Promise<void> {
  for (const server of SERVERS) {
    let seen: unknown;
    await trial.eventually(
      `${server} says that ${users.join(' and ')} are online in ${room}`,
      async () => {
        const { body } = await trial.node(server).call('GET', `/rooms/${room}/presence`);
        seen = body;
        const online = body.filter((each: any) => each?.status === 'online').map((each: any) => each.userId);
        return users.every((user) => online.includes(user)) && new Set(online).size === users.length;
      },
      { seen: () => JSON.stringify(seen) },
    );
    expectOnline(trial, seen, users, `GET /rooms/${room}/presence at ${server}`);
  }
}
