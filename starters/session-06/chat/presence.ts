import { type Config, wallClock } from '../shared/config.ts';
import type { Connection } from './connection.ts';
import type { Presence } from './message.ts';
import type { Rooms } from './rooms.ts';

/** Who is in which room. It is an opinion, and always a little late: nobody can see the other end of a line. */
export class PresenceBoard {
  readonly #config: Config;
  readonly #rooms: Rooms;
  readonly #tell: (presence: Presence) => void;

  /** @param tell tells everybody in the room */
  constructor(
    config: Config,
    rooms: Rooms,
    tell: (presence: Presence) => void,
  ) {
    this.#config = config;
    this.#rooms = rooms;
    this.#tell = tell;
  }

  /** Everybody in a room, each user once, in order of their ids. */
  everybodyIn(roomId: string): Presence[] {
    const users = new Map<string, Presence>();
    const told = this.#hereIn(roomId);
    for (const presence of told) {
      const { lastSeen = 0 } = users.get(presence.userId) ?? {};
      if (presence.lastSeen > lastSeen) users.set(presence.userId, presence);
    }
    return [...users.keys()].sort().map((userId) => users.get(userId)!);
  }

  /**
   * A user has come into a room at this server, or has gone: tells everybody who is there.
   *
   * @param silentMs how long nothing was heard of it, ms
   */
  announce(userId: string, roomId: string, silentMs = 0): void {
    this.#tellStatus(userId, roomId, wallClock(this.#config) - Math.round(silentMs));
  }

  #tellStatus(userId: string, roomId: string, lastSeen: number): void {
    const present = this.everybodyIn(roomId).find((presence) => presence.userId === userId);
    this.#tell(present ?? { userId, roomId, status: 'offline', lastSeen });
  }

  #hereIn(roomId: string): Presence[] {
    return this.#rooms.membersOf(roomId).map((member) => this.#presenceOf(member, roomId));
  }

  #presenceOf(member: Connection, roomId: string): Presence {
    const lastSeen = wallClock(this.#config) - Math.round(member.silentMs());
    return { userId: member.userId, roomId, status: 'online', lastSeen };
  }
}
