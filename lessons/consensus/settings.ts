export const ELECTION_MIN_MS = 300;
/** Elections that are over soon; a heartbeat may be late on a busy machine. */
export const ELECTION_MAX_MS = 600;

/** Three nodes that elect a leader. */
export const electing = {
  HEARTBEAT_MS: '60',
  ELECTION_MIN_MS: String(ELECTION_MIN_MS),
  ELECTION_MAX_MS: String(ELECTION_MAX_MS),
  // With a heartbeat less than an election timeout: also whoever asks its peers one after the other is in time.
  RPC_TIMEOUT_MS: '200',
  REQUEST_TIMEOUT_MS: '700',
} as const;

/** A node that never stands for election by itself: the checker plays its peers. */
export const quiet = {
  ...electing,
  ELECTION_MIN_MS: '600000',
  ELECTION_MAX_MS: '600000',
} as const;

export const STANDING_MIN_MS = 250;
export const STANDING_MAX_MS = 500;

/** A node that stands for election: the checker plays the voters, and may take its time. */
export const standing = {
  ...electing,
  HEARTBEAT_MS: '50',
  ELECTION_MIN_MS: String(STANDING_MIN_MS),
  ELECTION_MAX_MS: String(STANDING_MAX_MS),
  RPC_TIMEOUT_MS: '8000',
} as const;
