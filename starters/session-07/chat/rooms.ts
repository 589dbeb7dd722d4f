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
    const wasThere = this.#hasUser(connection.userId, roomId);
    const members = this.#members.get(roomId) ?? new Set();
    this.#members.set(roomId, members.add(connection));
    connection.roomIds.add(roomId);
    return !wasThere;
  }

  /**
   * Takes a connection out of a room.
   *
   * @returns whether its user has gone with it: no other connection of the user is left in the room
   */
  leave(connection: Connection, roomId: string): boolean {
    const members = this.#members.get(roomId);
    const wasThere = members?.delete(connection) === true;
    connection.roomIds.delete(roomId);
    if (members?.size === 0) this.#members.delete(roomId);
    return wasThere && !this.#hasUser(connection.userId, roomId);
  }

  #hasUser(userId: string, roomId: string): boolean {
    return this.membersOf(roomId).some((member) => member.userId === userId);
  }
}
