import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { otherThan, SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const MISSED = 3;

export const check: Check = {
  id: 'cut-apart',
  promise: 'Cut apart, a room is open only where it is numbered; healed, nothing is lost or doubled',
  hints: [
    'The server that numbers the room cannot be reached. What would happen if another one numbered meanwhile?',
    'The room is unavailable until the wire is whole. What was missed is asked for (OrderingBuffer tells that there is a gap).',
  ],
  chapter: 'real-time/10-chat-system.md#when-a-server-dies',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    const rooms = [];
    for (const sequencer of SERVERS) {
      const { room, last } = await roomOf(trial, sequencer);
      const near = await ChatClient.connect(trial, sequencer, 'near', { name: `near ${sequencer}` });
      const far = await ChatClient.connect(trial, otherThan(sequencer), 'far', { name: `far ${sequencer}` });
      await near.join(room);
      await far.join(room);
      rooms.push({ sequencer, room, last, near, far });
    }
    await trial.faults.partition([['chat1'], ['chat2']]);
    await expectNoEntry(rooms[0]!.near, rooms[1]!.room);
    const id = trial.unique('outbox');
    for (const { sequencer, room, last, near, far } of rooms) {
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
      const heard = far.view(room).messages.filter(({ sequenceNumber }) => sequenceNumber > last);
      trial.expect(heard.length === 0, {
        expected: `${far.who}, cut off from ${sequencer}, is shown nothing that was not numbered there`,
        seen: JSON.stringify(heard[0]),
      });
    }
    await trial.faults.heal();
    for (const { sequencer, room, last, near, far } of rooms) {
      const message = await far.say(room, 'anybody?', id);
      trial.expectEqual(
        message.sequenceNumber,
        last + MISSED + 1,
        `the number of what was said again in ${room} after the heal`,
      );
      for (const client of [near, far]) await client.upTo(room, message.sequenceNumber);
      const { sequenceNumber } = await near.say(room, 'all here?');
      for (const client of [near, far]) await client.upTo(room, sequenceNumber);
      const history = await sameHistory(trial, room, sequenceNumber);
      trial.expectEqual(history.length, last + MISSED + 2, `the number of messages in ${room}`);
      trial.note(`${room} of ${sequencer}: ${history.length} messages at both servers after the heal`);
    }
    trial.fact(`cut off, each server refused the other's room; healed, ${2 * MISSED} missed messages came`);
  },
};

/** A room that cannot be read cannot be joined; who has tried goes on hearing what is said where it is. */
async function expectNoEntry(client: ChatClient, room: string): Promise<void> {
  const what = `the join of ${room}, which is numbered on the other side of the cut,`;
  await client.expectError('room_unavailable', what, () => client.line.send({ type: 'join', roomId: room }));
  await client.ping();
}
