import { createHash } from 'node:crypto';

/** The contract's hash: the first 8 hex digits of SHA-256 as an unsigned 32-bit integer. */
export function hash(text: string): number {
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 8), 16);
}

/**
 * The contract's rule, written anew: the checker does not trust the code that it checks.
 * @param vnodes points of each node
 * @returns a function that gives the first `replicas` distinct nodes clockwise from a key
 */
export function ringRule(
  nodes: readonly string[],
  { vnodes, replicas }: { vnodes: number; replicas: number },
): (key: string) => string[] {
  const points = nodes
    .flatMap((node) => Array.from({ length: vnodes }, (_, i) => ({ at: hash(`${node}#${i}`), node })))
    .sort((a, b) => a.at - b.at);
  return (key) => {
    const at = hash(key);
    const start = points.findIndex((point) => point.at >= at);
    const clockwise = start === -1 ? points : [...points.slice(start), ...points.slice(0, start)];
    return [...new Set(clockwise.map(({ node }) => node))].slice(0, replicas);
  };
}
