import type { Broadcast, Connection } from './connection.ts';

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
  for (const member of members) {
    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);
    else member.sendLive(broadcast);
  }
}
