/** Elections that are over soon; a heartbeat may be late on a busy machine. */
export const ELECTION_MAX_MS = 800;

/** Three nodes that elect and replicate. */
export const electing = {
  HEARTBEAT_MS: '80',
  ELECTION_MIN_MS: '400',
  ELECTION_MAX_MS: String(ELECTION_MAX_MS),
  RPC_TIMEOUT_MS: '300',
  REQUEST_TIMEOUT_MS: '1200',
} as const;

/** A node that never stands for election by itself: the checker plays its peers. */
export const quiet = {
  ...electing,
  ELECTION_MIN_MS: '600000',
  ELECTION_MAX_MS: '600000',
} as const;

/** Elections at very different times: a leader that was replaced may believe in itself for long. */
export const longBelief = {
  ...electing,
  ELECTION_MIN_MS: '300',
  ELECTION_MAX_MS: '1800',
} as const;
