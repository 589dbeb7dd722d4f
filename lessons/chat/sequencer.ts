import type { Trial } from '../../src/verify/check.ts';
import { ChatClient } from './client.ts';
import type { Server } from './servers.ts';

const MOST_ROOMS = 40;

/**
 * A room whose messages this server numbers. Which one does is seen on the wire: what is said at chat1 goes to chat2 by
 * `/_publish`, or it does not.
 *
 * @returns its name, and the number of its last message
 */
export async function roomOf(trial: Trial, server: Server): Promise<{ room: string; last: number }> {
  const scout = await ChatClient.connect(trial, 'chat1', 'scout');
  for (let n = 0; n < MOST_ROOMS; n++) {
    const room = trial.unique('den');
    await scout.join(room);
    const { sequenceNumber: last } = await scout.say(room, 'who numbers this?');
    const published = await trial.wire.messages({ from: 'chat1', to: 'chat2', path: '/_publish' });
    const sequencer = published.some(({ body }) => body.includes(`"${room}"`)) ? 'chat2' : 'chat1';
    if (sequencer !== server) continue;
    scout.line.close();
    return { room, last };
  }
  return trial.inconclusive(
    `Of ${MOST_ROOMS} rooms not one is numbered by ${server}.`,
    'Each room belongs to one server by consistent hashing, and the other sends it what is said, by POST /_publish.',
  );
}
