import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import type { ChatMessage } from '../../chat/message.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const AT_ONCE = 5;
/** So much is said before the same id comes once more. */
const SINCE = 100;

/** What may stand between two names that are written behind each other: then `a` and `b-c` look like `a-b` and `c`. */
const BETWEEN = ['', ':', '-', '/', '|', ' '];
/** Pairs of a user and an id: each is somebody else's message, whatever the pair looks like. */
const PAIRS: (readonly [user: string, id: string])[] = [
  ...BETWEEN.flatMap((mark) => [['eve', `x${mark}y`] as const, [`eve${mark}x`, 'y'] as const]),
  // And names that are something else to a program.
  ['__proto__', 'toString'],
  ['constructor', 'name'],
];

export const check: Check = {
  id: 'one-message-for-one-id',
  promise: 'One clientMessageId of a user is one message: at both servers, at once, after a restart',
  hints: [
    'No ack has come. Was the message lost, or only the ack? What must the client be allowed to do?',
    'sequence looks first whether the room knows the draft (room.find), by user and clientMessageId.',
  ],
  chapter: 'real-time/10-chat-system.md#did-my-message-count',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    for (const sequencer of SERVERS) {
      const { room, last } = await roomOf(trial, sequencer);
      const here = await ChatClient.connect(trial, 'chat1', 'alice', { name: 'alice at 1' });
      const there = await ChatClient.connect(trial, 'chat2', 'alice', { name: 'alice at 2' });
      const bob = await ChatClient.connect(trial, 'chat2', 'bob');
      for (const client of [here, there, bob]) await client.join(room);
      const id = trial.unique('once');
      const asked = Array.from({ length: AT_ONCE }, (_, n) => (n % 2 ? there : here).say(room, 'once', id));
      const answers = await Promise.all(asked);
      const later = await there.say(room, 'once', id);
      for (const answer of answers) trial.expectEqual(answer, later, `the message that ${id} has become`);
      trial.expectEqual(later.sequenceNumber, last + 1, `its number in ${room}`);
      const other = await bob.say(room, 'of another user', id);
      trial.expectEqual(other.sequenceNumber, last + 2, `the number of the message of bob with the same id`);
      await trial.faults.restart(sequencer);
      const back = await ChatClient.connect(trial, sequencer, 'alice', { name: 'alice again' });
      await back.join(room);
      const again = await back.say(room, 'once', id);
      trial.expectEqual(again, later, `the message that ${id} has become, after ${sequencer} was killed`);
      const next = await back.say(room, 'something new');
      trial.expectEqual(next.sequenceNumber, last + 3, `the number of the next message in ${room}`);
      await expectOneEach(trial, sequencer, room, last + 4);
      await Promise.all(Array.from({ length: SINCE }, (_, n) => back.say(room, `and ${n}`)));
      const much = await back.say(room, 'once', id);
      trial.expectEqual(much, later, `the message that ${id} has become, after ${SINCE} others`);
      await expectNoOther(trial, back, room, id, later);
      const all = last + 3 + PAIRS.length + SINCE;
      const history = await sameHistory(trial, room, all);
      trial.expectEqual(history.length, all, `the number of messages in ${room}`);
      if (sequencer === 'chat1') await bob.upTo(room, all);
    }
    trial.fact(`said ${AT_ONCE + 4} times at two servers and after a restart, it is one message`);
  },
};

/** Each pair of a user and an id is a message of its own, numbered from `first` on. */
async function expectOneEach(trial: Trial, server: string, room: string, first: number): Promise<void> {
  for (const [n, [user, id]] of PAIRS.entries()) {
    const client = await ChatClient.connect(trial, server, user);
    await client.join(room);
    const { sequenceNumber } = await client.say(room, `${user} and ${id}`, id);
    trial.expectEqual(
      sequenceNumber,
      first + n,
      `the number of what the user "${user}" says by the id "${id}"`,
    );
    client.line.close();
  }
}

/** The same id with other words is the same message, or a mistake that the client is told of: no second message. */
async function expectNoOther(
  trial: Trial,
  client: ChatClient,
  room: string,
  id: string,
  known: ChatMessage,
): Promise<void> {
  const from = client.line.frames.length;
  client.post(room, 'in other words', id);
  const isAnswer = (body: any) =>
    body?.type === 'error' || (body?.type === 'ack' && body.clientMessageId === id);
  const answer = await trial.eventually(`${id} once more, in other words, is answered`, () => {
    client.expectOpen(`${id} once more, in other words, is answered`);
    return client.line.frames.slice(from).find(({ body }) => isAnswer(body))?.body;
  });
  if (answer.type === 'ack') trial.expectEqual(answer.message, known, `what ${id} is in other words`);
}
