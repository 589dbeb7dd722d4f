import type { Connection } from './connection.ts';
import type { Excerpt } from './room-log.ts';

// ANCHOR: chat-catch-up
/**
 * Brings a connection into a room: first what it has missed, then what is said from now on, nothing twice and nothing
 * left out.
 *
 * @param register makes the connection a member: from then on it gets what is said in the room
 * @param readHistory what was said before, up to now. Throws FrameError if the room cannot be read at present
 * @param sendHistory sends it; resolves when it is out
 */
export async function catchUp(
  connection: Connection,
  roomId: string,
  register: () => void,
  readHistory: () => Promise<Excerpt>,
  sendHistory: (history: Excerpt) => Promise<void>,
): Promise<void> {
  // @exercise 7 catch-up
  connection.hold();
  register();
  let last = 0;
  try {
    const history = await readHistory();
    await sendHistory(history);
    last = history.sequenceNumber;
  } finally {
    connection.release(roomId, last);
  }
  // ~ // TODO(session 7): a message may be said at any moment, also between two of your lines. In which order do you
  // ~ // register, read and send? What comes too early is held (hold); release sends it, but for what the history had.
  // ~ // Release also when the history cannot be read.
  // ~ throw new Error('not implemented: catch-up');
  // @end
}
// ANCHOR_END: chat-catch-up
