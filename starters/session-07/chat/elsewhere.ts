import type { Presence } from './message.ts';

/** What another server has said of its users. */
interface Word {
  version: number;
  heardAt: number;
  present: Map<string, Presence>;
}

/** Who is in which room at the other servers, as far as these have told. */
export class Elsewhere {
  readonly #words = new Map<string, Word>();

  /** What the servers have told of a user in a room. */
  find(userId: string, roomId: string): Presence[] {
    const key = keyOf(userId, roomId);
    return [...this.#words.values()].flatMap(({ present }) => present.get(key) ?? []);
  }

  /** Everybody in a room, once for each server that somebody is at. */
  everybodyIn(roomId: string): Presence[] {
    const everybody = [...this.#words.values()].flatMap(({ present }) => [...present.values()]);
    return everybody.filter((presence) => presence.roomId === roomId);
  }

  /**
   * A server says who is there: all of them. An older word than the last one is not listened to.
   *
   * @returns whoever was not told of before, and whoever is not told of any more, by any server
   */
  update(server: string, version: number, presence: readonly Presence[]): Presence[] {
    const before = this.#words.get(server);
    if (before !== undefined && version <= before.version) return [];
    const present = new Map(presence.map((each) => [keyOf(each.userId, each.roomId), each]));
    const come = presence.filter(({ userId, roomId }) => this.find(userId, roomId).length === 0);
    this.#words.set(server, { version, heardAt: performance.now(), present });
    const gone = [...(before?.present.values() ?? [])].filter(
      ({ userId, roomId }) => this.find(userId, roomId).length === 0,
    );
    return [...come, ...gone];
  }

  /** Forgets the users of servers that were silent for longer than this, ms. @returns whoever is not told of any more */
  expire(timeoutMs: number): Presence[] {
    const silent = [...this.#words].filter(
      ([, { heardAt, present }]) => present.size > 0 && performance.now() - heardAt > timeoutMs,
    );
    return silent.flatMap(([server, { version }]) => this.update(server, version + 0.5, []));
  }
}

function keyOf(userId: string, roomId: string): string {
  return JSON.stringify([userId, roomId]);
}
