/**
 * Whether so many nodes are more than half of all. Any two majorities have a node in common.
 *
 * @param clusterSize all nodes, also those that are down or cannot be reached
 */
export function hasMajority(nodes: number, clusterSize: number): boolean {
  return nodes > clusterSize / 2;
}
