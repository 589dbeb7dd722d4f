import type { Broadcast, Connection } from './connection.ts';

// ANCHOR: publish
/**
 * Sends something to everybody in a room. It does not wait for anybody: what a member does not read in time gathers in
 * this process, so there is a limit.
 *
 * @param maxBufferBytes a member for whom more than this waits reads too slowly
 * @param giveUp what to do with such a member
 */
export function publish(
  members: readonly Connection[],
  broadcast: Broadcast,
  maxBufferBytes: number,
  giveUp: (slow: Connection) => void,
): void {
  // @exercise 6 publish
  for (const member of members) {
    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);
    else member.sendLive(broadcast);
  }
  // ~ // TODO(session 6): sendLive to each member. Look at bufferedBytes first: who reads too slowly is given up, and the
  // ~ // others do not notice.
  // ~ throw new Error('not implemented: publish');
  // @end
}
// ANCHOR_END: publish
