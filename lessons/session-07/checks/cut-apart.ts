import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { otherThan, SERVERS, type Server } from '../../chat/servers.ts';
import { brisk } from '../../chat/settings.ts';

const MISSED = 3;
/** How soon servers that can reach each other again have told each other everything, ms. */
const MENDED_WITHIN_MS = 15_000;

/** A room, a client where it is numbered, and one at the other server. */
interface Side {
  sequencer: Server;
  room: string;
  /** The number of the last message before the cut. */
  last: number;
  near: ChatClient;
  far: ChatClient;
}

export const check: Check = {
  id: 'cut-apart',
  promise: 'Cut apart, a room is open only where it is numbered; healed, nothing is lost or doubled',
  hints: [
    'The server that numbers the room cannot be reached. What would happen if another one numbered meanwhile?',
    'The room is unavailable until the wire is whole. What was missed is asked for (OrderingBuffer tells that there is a gap).',
  ],
  chapter: 'real-time/10-chat-system.md#when-a-server-dies',
  services: SERVERS,
  settings: brisk,
  async run(trial: Trial) {
    const sides: Side[] = [];
    for (const sequencer of SERVERS) {
      const { room, last } = await roomOf(trial, sequencer);
      const near = await ChatClient.connect(trial, sequencer, 'near', { name: `near ${sequencer}` });
      const far = await ChatClient.connect(trial, otherThan(sequencer), 'far', { name: `far ${sequencer}` });
      await near.join(room);
      await far.join(room);
      sides.push({ sequencer, room, last, near, far });
    }
    const [one, two] = sides as [Side, Side];
    const id = trial.unique('outbox');
    await trial.faults.partition([['chat1'], ['chat2']]);
    await expectNoEntry(trial, one.near, two.room);
    await Promise.all(sides.map((side) => whileCut(trial, side, id)));
    await trial.faults.heal();
    await Promise.all(sides.map((side) => afterwards(trial, side, id)));
    trial.fact(`cut off, each server refused the other's room; healed, ${2 * MISSED} missed messages came`);
  },
};

/**
 * A room that cannot be reached cannot be joined, or only as far as this server knows it. Who has tried goes on hearing
 * what is said where it is.
 */
async function expectNoEntry(trial: Trial, client: ChatClient, room: string): Promise<void> {
  const what = `the join of ${room}, which is numbered on the other side of the cut,`;
  const expected = `${what} is answered with an error frame, code room_unavailable, or with what is known of it here`;
  const from = client.line.frames.length;
  client.line.send({ type: 'join', roomId: room });
  const answer = await trial.eventually(expected, () => {
    client.expectOpen(expected);
    const frames = client.line.frames.slice(from).map(({ body }) => body);
    return frames.find((body) => body?.type === 'error' || (body?.type === 'joined' && body.roomId === room));
  });
  trial.expect(answer.type === 'joined' || answer.code === 'room_unavailable', {
    expected,
    seen: JSON.stringify(answer),
  });
}

async function whileCut(trial: Trial, { sequencer, room, last, near, far }: Side, id: string): Promise<void> {
  const what = `what ${far.who} says in ${room}, which ${sequencer} numbers and nobody can reach it,`;
  const error = await far.expectError('room_unavailable', what, () => far.post(room, 'anybody?', id));
  trial.expect(typeof error.retryAfterMs === 'number' && error.retryAfterMs > 0, {
    expected: 'room_unavailable says with retryAfterMs when to try again',
    seen: JSON.stringify(error),
  });
  for (let n = 1; n <= MISSED; n++) {
    const { sequenceNumber } = await near.say(room, `while cut, ${n}`);
    trial.expectEqual(sequenceNumber, last + n, `the number of message ${n} in ${room} while cut`);
  }
  await near.upTo(room, last + MISSED);
  const heard = far.view(room).messages.find(({ sequenceNumber }) => sequenceNumber > last);
  trial.expect(heard === undefined, {
    expected: `${far.who}, cut off from ${sequencer}, is shown nothing new: nobody else may number`,
    seen: JSON.stringify(heard),
  });
}

async function afterwards(
  trial: Trial,
  { sequencer, room, last, near, far }: Side,
  id: string,
): Promise<void> {
  const again = await far.say(room, 'anybody?', id);
  const wanted = last + MISSED + 1;
  trial.expectEqual(
    again.sequenceNumber,
    wanted,
    `the number of what was said again in ${room}, after the heal,`,
  );
  for (const client of [near, far]) await client.upTo(room, wanted, MENDED_WITHIN_MS);
  await near.say(room, 'all here?');
  for (const client of [near, far]) await client.upTo(room, wanted + 1);
  const history = await sameHistory(trial, room, wanted + 1);
  trial.expectEqual(history.length, wanted + 1, `the number of messages in ${room}`);
  trial.note(`${room} of ${sequencer}: ${history.length} messages at both servers after the heal`);
}
