import { type Config, wallClock } from '../shared/config.ts';
import type { Connection } from './connection.ts';
// @since 7
import { Elsewhere } from './elsewhere.ts';
// @end
import type { Presence } from './message.ts';
// @since 7
import { PresenceLink } from './presence-link.ts';
// @end
import type { Rooms } from './rooms.ts';
// @since 7
import type { Servers } from './servers.ts';
// @end

/** Who is in which room. It is an opinion, and always a little late: nobody can see the other end of a line. */
export class PresenceBoard {
  readonly #config: Config;
  readonly #rooms: Rooms;
  readonly #tell: (presence: Presence) => void;
  // @since 7
  readonly #elsewhere = new Elsewhere();
  readonly #links: PresenceLink[];
  // @end

  /** @param tell tells everybody in the room */
  constructor(
    config: Config,
    rooms: Rooms,
    tell: (presence: Presence) => void,
    // @since 7
    servers: Servers,
    // @end
  ) {
    this.#config = config;
    this.#rooms = rooms;
    this.#tell = tell;
    // @since 7
    this.#links = servers.names.map((name) => new PresenceLink(name, servers, () => this.#everybodyHere()));
    // @end
  }

  /** Everybody in a room, each user once, in order of their ids. */
  everybodyIn(roomId: string): Presence[] {
    const users = new Map<string, Presence>();
    const told = this.#hereIn(roomId);
    // @since 7
    told.push(...this.#elsewhere.everybodyIn(roomId));
    // @end
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
    // @since 7
    for (const link of this.#links) link.push();
    // Who is in the room at another server has neither come nor gone.
    if (this.#elsewhere.find(userId, roomId).length > 0) return;
    // @end
    this.#tellStatus(userId, roomId, wallClock(this.#config) - Math.round(silentMs));
  }
  // @since 7

  /** Another server says who is there. @param version grows: an older word is not listened to */
  onPresence(server: string, version: number, presence: readonly Presence[]): void {
    this.#tellChanges(this.#elsewhere.update(server, version, presence));
  }

  /**
   * Says to the other servers that this one and its users are there, and gives up servers that are silent.
   *
   * @param timeoutMs so long a server may be silent
   */
  beat(timeoutMs: number): void {
    for (const link of this.#links) link.push();
    this.#tellChanges(this.#elsewhere.expire(timeoutMs));
  }

  #tellChanges(changed: readonly Presence[]): void {
    for (const { userId, roomId, lastSeen } of changed) {
      const isHere = this.#rooms.membersOf(roomId).some((member) => member.userId === userId);
      if (!isHere) this.#tellStatus(userId, roomId, lastSeen);
    }
  }

  #everybodyHere(): Presence[] {
    return this.#rooms.roomIds.flatMap((roomId) => this.#hereIn(roomId));
  }
  // @end

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
