import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { roomy } from '../../chat/settings.ts';

/** A history that no network between two programs takes in one go. */
const LONG = { messages: 125, bytes: 64_000 };
const NOTICED_MS = 500;
const JOINS = 20;
const AT_ONCE = 10;
/** So many live messages must follow the history. */
const LIVE = 3;

export const check: Check = {
  id: 'joins-in-the-middle',
  promise: 'Who joins while others speak gets the history, then the live messages: no gap, no double',
  hints: [
    'The history has been read, and is on its way. A message comes. Where does it go?',
    'catchUp: hold, register, read, send, release. Read before you register, and what is said in between is lost.',
  ],
  chapter: 'real-time/10-chat-system.md#what-did-i-miss',
  services: SERVERS,
  settings: roomy,
  async run(trial: Trial) {
    await whileItIsRead(trial);
    await whileItIsSent(trial);
    const longest = await atAnyMoment(trial);
    trial.fact(
      `clients joined while a history was read, while one was sent, and ${JOINS} at any moment, with up to ${longest} messages before: no gap`,
    );
  },
};

/** The history is asked for at the other server, and the answer takes its time. Meanwhile somebody speaks there. */
async function whileItIsRead(trial: Trial): Promise<void> {
  const { room, last } = await roomOf(trial, 'chat2');
  const bob = await ChatClient.connect(trial, 'chat2', 'bob');
  await bob.join(room);
  const subscribed = { from: 'chat1', to: 'chat2', path: '/_subscribe', contains: room } as const;
  const trap = await trial.wire.trap({ ...subscribed, action: 'hold-answer', times: 1 });
  const alice = await ChatClient.connect(trial, 'chat1', 'alice');
  const hall = trial.unique('hall');
  for (const client of [alice, bob]) await client.join(hall);
  const joining = alice.join(room, 0);
  joining.catch(() => {});
  await trial.eventually('chat1 asks chat2 for the history', async () => (await trap.caught()).length > 0);
  for (let n = 1; n <= LIVE; n++) await bob.say(room, `while the history is read, ${n}`);
  await bob.say(hall, 'next door, meanwhile');
  await trial.eventually('chat2 delivers to chat1 what was said', async () => {
    const delivered = await trial.wire.messages({ from: 'chat2', to: 'chat1', path: '/_deliver' });
    return delivered.some(({ body, status }) => status === 200 && body.includes(`"${room}"`));
  });
  await trap.release();
  await joining;
  const { sequenceNumber } = await bob.say(room, 'after the history');
  trial.expectEqual(sequenceNumber, last + LIVE + 1, `the number of the last message in ${room}`);
  await alice.upTo(room, sequenceNumber);
  await alice.upTo(hall, 1);
}

/** The history is long, and the client reads it only when others have gone on speaking. */
async function whileItIsSent(trial: Trial): Promise<void> {
  const { room } = await roomOf(trial, 'chat1');
  const bob = await ChatClient.connect(trial, 'chat1', 'bob');
  await bob.join(room);
  const content = 'z'.repeat(LONG.bytes);
  for (let n = 1; n < LONG.messages; n++) bob.post(room, content);
  await bob.say(room, content);
  for (const server of SERVERS) {
    const late = await ChatClient.connect(trial, server, `late-${server}`);
    late.line.pauseReading();
    const joining = late.join(room, 0);
    joining.catch(() => {});
    await noticed(trial, bob, late.user, room);
    for (let n = 1; n <= LIVE; n++) await bob.say(room, `while the history is sent, ${n}`);
    late.line.resumeReading();
    await joining;
    const { sequenceNumber } = await bob.say(room, 'after the history');
    await late.upTo(room, sequenceNumber);
    late.line.close();
  }
}

/** Waits until others are told of who joins. Where that is done only when the history is out: a moment. */
async function noticed(trial: Trial, bob: ChatClient, user: string, room: string): Promise<void> {
  const until = performance.now() + NOTICED_MS;
  while (bob.view(room).statusesOf(user).length === 0 && performance.now() < until) await trial.elapse(10);
}

/** Many join while two speak. Returns the length of the longest history. */
async function atAnyMoment(trial: Trial): Promise<number> {
  const room = trial.unique('den');
  const speakers = await Promise.all(
    SERVERS.map((server) => ChatClient.connect(trial, server, `speaker-${server}`)),
  );
  for (const speaker of speakers) await speaker.join(room);
  await speakers[0]!.say(room, 'before');
  let over = false;
  const speaking = Promise.all(speakers.map((speaker) => speakUntil(trial, speaker, room, () => over)));
  speaking.catch(() => {});
  const histories = [];
  for (let n = 0; n < JOINS; n += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, k) => joinOnce(trial, room, n + k));
    histories.push(...(await Promise.all(batch)));
  }
  over = true;
  await speaking;
  return Math.max(...histories);
}

async function speakUntil(
  trial: Trial,
  speaker: ChatClient,
  room: string,
  over: () => boolean,
): Promise<void> {
  for (let n = 0; !over(); n++) {
    speaker.post(room, `${n}`);
    await trial.elapse(3);
  }
}

/** Joins, listens for a while, goes. Returns the length of the history. */
async function joinOnce(trial: Trial, room: string, n: number): Promise<number> {
  const client = await ChatClient.connect(trial, SERVERS[n % 2]!, `late${n}`);
  await trial.elapse(trial.random() * 20);
  // Every other one has a part already.
  const { sequenceNumber, messages } = await client.join(room, n % 4 < 2 ? 0 : 1);
  await client.upTo(room, sequenceNumber + LIVE);
  client.line.close();
  return messages.length;
}
