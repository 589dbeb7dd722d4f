export { NODES } from '../store/nodes.ts';

/** Each key on one node alone: only so can the ring be seen with three nodes. */
export const ring = { MODE: 'cp', REPLICAS: '1', VNODES: '64' } as const;

/** Each key on all three nodes: refuse rather than risk. */
export const refusing = { MODE: 'cp', REPLICAS: '3', VNODES: '64' } as const;

/** Each key on two nodes: the majority of two is two. */
export const twoCopies = { ...refusing, REPLICAS: '2' } as const;

/** Each key on all three nodes: risk rather than refuse. Owners compare often and wait for each other only shortly. */
export const answering = {
  MODE: 'ap',
  REPLICAS: '3',
  VNODES: '64',
  RECONCILE_MS: '100',
  REPLICA_TIMEOUT_MS: '250',
} as const;
