import { type ChatMessage, type Draft, newMessage } from './message.ts';
import type { NumberedRoom } from './numbered-room.ts';

// ANCHOR: sequence
/**
 * Gives a message its place in its room, at the one server that numbers the room.
 *
 * @param timestamp epoch ms
 * @returns the message, when it is on disk. A draft that has come before is the message that it has become then
 */
export async function sequence(room: NumberedRoom, draft: Draft, timestamp: number): Promise<ChatMessage> {
  // @exercise 7 sequence
  let message = room.find(draft);
  if (message === undefined) {
    message = newMessage(draft, room.lastNumber + 1, timestamp);
    room.append(message, draft.clientMessageId);
  }
  // Also for one that is known: its first sender may still be waiting for the disk.
  await room.sync();
  return message;
  // ~ // TODO(session 7): is it known already (room.find)? If not, make a newMessage with the number after lastNumber, and
  // ~ // append it. When may you say "done"? Between the look at the number and the append nobody else may come.
  // ~ throw new Error('not implemented: sequence');
  // @end
}
// ANCHOR_END: sequence
