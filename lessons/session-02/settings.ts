/** Leases outlast any check, pauses are long: for checks in which nothing must happen by time alone. */
export const calm = {
  LEASE_MS: '60000',
  BACKOFF_BASE_MS: '1000',
  BACKOFF_MAX_MS: '4000',
  MAX_RETRIES: '3',
} as const;

/** Pauses short enough to see many of them grow. */
export const failing = {
  LEASE_MS: '60000',
  BACKOFF_BASE_MS: '10',
  BACKOFF_MAX_MS: '160',
  MAX_RETRIES: '9',
} as const;

/** Leases run out soon, and a task that came back by way of a pause would not be seen again. */
export const expiring = {
  LEASE_MS: '250',
  BACKOFF_BASE_MS: '60000',
  BACKOFF_MAX_MS: '60000',
  MAX_RETRIES: '50',
} as const;

/** Few deliveries, and soon over. */
export const poisoned = {
  LEASE_MS: '100',
  BACKOFF_BASE_MS: '20',
  BACKOFF_MAX_MS: '40',
  MAX_RETRIES: '2',
} as const;

/** The whole system. Leases may run out on a busy machine, so a task may be tried often. */
export const working = {
  LEASE_MS: '300',
  BACKOFF_BASE_MS: '50',
  BACKOFF_MAX_MS: '100',
  MAX_RETRIES: '50',
  PRODUCER_TASKS: '6',
  TASK_INTERVAL_MS: '10',
} as const;

export const everyone = ['broker', 'worker1', 'worker2', 'worker3', 'producer'] as const;
