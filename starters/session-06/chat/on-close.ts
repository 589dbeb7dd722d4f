import type { Connection } from './connection.ts';
import type { Rooms } from './rooms.ts';

/**
 * A connection is over, however it ended: it leaves all of its rooms, and those who stay hear who is gone. A user who is
 * in a room with another connection, too, is not gone.
 *
 * @param announce tells everybody in a room whether a user is there or not
 */
export function onClose(
  connection: Connection,
  rooms: Rooms,
  announce: (userId: string, roomId: string) => void,
): void {
  // TODO(session 6): leave each room of connection.roomIds, and announce the user where it is gone. Mind that leaving
  // changes connection.roomIds while you walk through it.
  throw new Error('not implemented: on-close');
}
