import type { Connection } from './connection.ts';

/** Which of this server's connections are in which room. */
export class Rooms {
  readonly #members = new Map<string, Set<Connection>>();

  /** The rooms with somebody in them. */
  get roomIds(): string[] {
    return [...this.#members.keys()];
  }

  /** The connections in a room. */
  membersOf(roomId: string): Connection[] {
    return [...(this.#members.get(roomId) ?? [])];
  }

  /**
   * Puts a connection into a room; once more changes nothing.
   *
   * @returns whether its user has come into the room with it: no other connection of the user was there
   */
  join(connection: Connection, roomId: string): boolean {
    // TODO(session 6): put the connection into #members, and the room into connection.roomIds. A room begins with
    // its first member. Has the user come, or only a second connection of somebody who is there?
    throw new Error('not implemented: join-leave');
  }

  /**
   * Takes a connection out of a room.
   *
   * @returns whether its user has gone with it: no other connection of the user is left in the room
   */
  leave(connection: Connection, roomId: string): boolean {
    // TODO(session 6): the other way round. A room that nobody is in any more must not be kept.
    throw new Error('not implemented: join-leave');
  }

  #hasUser(userId: string, roomId: string): boolean {
    return this.membersOf(roomId).some((member) => member.userId === userId);
  }
}
