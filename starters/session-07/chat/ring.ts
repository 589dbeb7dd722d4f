import { createHash } from 'node:crypto';

/** So many points on the ring for each server. */
const POINTS = 64;

/** A point on the ring of hashes, and the server it stands for. */
export interface Point {
  hash: number;
  server: string;
}

/** The first 32 bits of SHA-256, as an unsigned number: the same in every language. */
export function hash32(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** All points of all servers, clockwise. Source: Karger et al., Consistent Hashing and Random Trees, 1997. */
export function buildRing(servers: readonly string[]): Point[] {
  const points = servers.flatMap((server) =>
    Array.from({ length: POINTS }, (_, i) => ({ hash: hash32(`${server}#${i}`), server })),
  );
  return points.sort((a, b) => a.hash - b.hash || (a.server < b.server ? -1 : 1));
}

/** The server that numbers a room's messages: the first one clockwise from the room's own place. */
export function sequencerOf(ring: readonly Point[], roomId: string): string {
  const place = hash32(roomId);
  return (ring.find(({ hash }) => hash >= place) ?? ring[0]!).server;
}
