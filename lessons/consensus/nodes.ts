/** How many nodes the Compose file brings up: three, or five with its profile `five`. */
export const CLUSTER_SIZE = (process.env.COMPOSE_PROFILES ?? '').split(',').includes('five') ? 5 : 3;

export const NODES: readonly string[] = Array.from({ length: CLUSTER_SIZE }, (_, n) => `node${n + 1}`);

/** More than half of all. */
export const MAJORITY = Math.floor(CLUSTER_SIZE / 2) + 1;

/** The node under test where the checker plays the others: they do not run. */
export const SUBJECT = 'node1';

/** All others. */
export function without(...nodes: readonly string[]): string[] {
  return NODES.filter((node) => !nodes.includes(node));
}

/** The others that just make a majority with this node, and those that are not needed for one. */
export function divided(node: string): { needed: string[]; spare: string[] } {
  const others = without(node);
  return { needed: others.slice(0, MAJORITY - 1), spare: others.slice(MAJORITY - 1) };
}
