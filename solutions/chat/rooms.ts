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

  // ANCHOR: join-leave
  /**
   * Puts a connection into a room; once more changes nothing.
   *
   * @returns whether its user has come into the room with it: no other connection of the user was there
   */
  join(connection: Connection, roomId: string): boolean {
    // @exercise 6 join-leave
    const wasThere = this.#hasUser(connection.userId, roomId);
    const members = this.#members.get(roomId) ?? new Set();
    this.#members.set(roomId, members.add(connection));
    connection.roomIds.add(roomId);
    return !wasThere;
    // ~ // TODO(session 6): put the connection into #members, and the room into connection.roomIds. A room begins with
    // ~ // its first member. Has the user come, or only a second connection of somebody who is there?
    // ~ throw new Error('not implemented: join-leave');
    // @end
  }

  /**
   * Takes a connection out of a room.
   *
   * @returns whether its user has gone with it: no other connection of the user is left in the room
   */
  leave(connection: Connection, roomId: string): boolean {
    // @exercise 6 join-leave
    const members = this.#members.get(roomId);
    const wasThere = members?.delete(connection) === true;
    connection.roomIds.delete(roomId);
    if (members?.size === 0) this.#members.delete(roomId);
    return wasThere && !this.#hasUser(connection.userId, roomId);
    // ~ // TODO(session 6): the other way round. A room that nobody is in any more must not be kept.
    // ~ throw new Error('not implemented: join-leave');
    // @end
  }
  // ANCHOR_END: join-leave

  #hasUser(userId: string, roomId: string): boolean {
    return this.membersOf(roomId).some((member) => member.userId === userId);
  }
}
