export const NODES = ['node1', 'node2', 'node3'] as const;

/** The node under test where the checker plays the others: they do not run. */
export const SUBJECT = 'node1';

/** All others of the three. */
export function without(...nodes: readonly string[]): string[] {
  return NODES.filter((node) => !nodes.includes(node));
}
