export const NODES = ['node1', 'node2', 'node3'] as const;

/** All others. */
export function without(...nodes: readonly string[]): string[] {
  return NODES.filter((node) => !nodes.includes(node));
}
