import { createHash } from 'node:crypto';

/** A place on the ring that belongs to a node. */
export interface Point {
  /** 0 to 2^32 - 1, clockwise. */
  hash: number;
  node: string;
}

/** Which nodes are on the ring. */
export interface RingState {
  /** Grows by one with each change; the highest one counts. */
  epoch: number;
  /** In order of their ids. */
  nodes: string[];
}

/** A number between 0 and 2^32 - 1 that looks random and is the same everywhere: of SHA-256 the first 8 hex digits. */
export function hash32(text: string): number {
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 8), 16);
}

/**
 * Puts every node on the ring at `vnodes` points: `node1#0`, `node1#1`, ... are hashed. Where a node's points are
 * does not depend on the other nodes.
 *
 * @returns all points, clockwise
 */
export function buildRing(nodes: readonly string[], vnodes: number): Point[] {
  // TODO(session 3): for each node make vnodes points with hash32, and sort all of them by their hash.
  throw new Error('not implemented: build-ring');
}

/**
 * The nodes that own a key: from the key's own place clockwise, the first `replicas` different nodes.
 *
 * @param ring the points, clockwise
 * @returns fewer if there are fewer nodes; in the order in which they are met
 */
export function ownersOf(ring: readonly Point[], key: string, replicas: number): string[] {
  // TODO(session 3): find the first point that is not before the key's hash32, and walk on from there
  // until you have met `replicas` different nodes. What comes after the last point?
  throw new Error('not implemented: build-ring');
}
