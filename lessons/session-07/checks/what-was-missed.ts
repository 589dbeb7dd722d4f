import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient, type Joined } from '../../chat/client.ts';
import { readPage, sameHistory } from '../../chat/history.ts';
import { runs } from '../../chat/label.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

/** More than servers may hand each other at once. */
const ALL = 120;
const LATEST = 50;
/** Said when nobody is there to hear it. */
const LATER = 3;

/** What a client has, and what it is to be given: from this number to the last one. */
const CASES: [after: number | undefined, first: number][] = [
  [0, 1],
  [1, 2],
  [9, 10],
  [10, 11],
  [ALL - 1, ALL],
  [ALL, ALL + 1],
  [undefined, ALL - LATEST + 1],
];

export const check: Check = {
  id: 'what-was-missed',
  promise: 'join with "after" brings exactly what was missed; without it, the last 50',
  hints: [
    'Somebody has 1 to 17. With which number does it begin?',
    'catchUp sends what readHistory gives, all of it and once; "after" is the number that the client has already.',
  ],
  chapter: 'real-time/10-chat-system.md#what-did-i-miss',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    for (const sequencer of SERVERS) {
      const { room, last } = await roomOf(trial, sequencer);
      const alice = await ChatClient.connect(trial, 'chat1', 'alice');
      await alice.join(room);
      await Promise.all(Array.from({ length: ALL - last }, (_, n) => alice.say(room, `${n}`)));
      for (const server of SERVERS) {
        await Promise.all(CASES.map(([after, first]) => expectFrom(trial, server, room, after, first)));
        await expectOverHttp(trial, server, room);
        await expectFutureIsEmpty(trial, server, room);
      }
      for (let n = 1; n <= LATER; n++) await alice.say(room, `when nobody is at the other server, ${n}`);
      const history = await sameHistory(trial, room, ALL + LATER);
      trial.expectEqual(history.length, ALL + LATER, `the number of messages in ${room}`);
      alice.line.close();
    }
    trial.fact(`${CASES.length} ways to ask for what was missed, in two rooms at two servers`);
  },
};

async function expectFrom(
  trial: Trial,
  server: string,
  room: string,
  after: number | undefined,
  first: number,
): Promise<void> {
  const late = await ChatClient.connect(trial, server, 'late');
  const joined = await late.join(room, after);
  const asked = after === undefined ? 'who joins without "after"' : `who joins with after ${after}`;
  expectSpan(trial, joined, first, `what ${asked} at ${server} is given of ${room}`);
  late.line.close();
}

function expectSpan(trial: Trial, joined: Joined, first: number, what: string): void {
  const numbers = joined.messages.map(({ sequenceNumber }) => sequenceNumber);
  const wanted = Array.from({ length: ALL - first + 1 }, (_, n) => first + n);
  trial.expect(numbers.join() === wanted.join(), {
    expected: `${what} is ${runs(wanted)}`,
    seen: runs(numbers),
  });
  trial.expectEqual(joined.sequenceNumber, ALL, `the sequenceNumber with ${what}`);
}

async function expectOverHttp(trial: Trial, server: string, room: string): Promise<void> {
  const page = await readPage(trial, server, room, 9, 5);
  const numbers = page.map(({ sequenceNumber }) => sequenceNumber);
  const what = `the numbers of GET /rooms/${room}/messages?after=9&limit=5 at ${server}`;
  trial.expectEqual(numbers, [10, 11, 12, 13, 14], what);
}

/** Whoever claims to have more than there is gets nothing, and hurts nobody. */
async function expectFutureIsEmpty(trial: Trial, server: string, room: string): Promise<void> {
  const early = await ChatClient.connect(trial, server, 'early');
  const { messages } = await early.join(room, 999);
  trial.expectEqual(messages, [], `the messages for who joins ${room} at ${server} with after 999`);
  await early.ping();
  early.line.close();
}
