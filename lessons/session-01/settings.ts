/** Timings shorter than the Compose file's, so that failures come sooner. The same for every check: nodes need not restart. */
export const brisk = {
  ATTEMPT_TIMEOUT_MS: '200',
  BACKOFF_BASE_MS: '10',
  BACKOFF_MAX_MS: '160',
} as const;

export const NODES = ['node1', 'node2', 'node3'] as const;
