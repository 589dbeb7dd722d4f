import { ConfigError, type Environment, milliseconds } from '../../shared/config.ts';

export interface ReplicationSettings {
  /** From one heartbeat of the leader to the next. */
  heartbeatMs: number;
  /** A follower that hears no leader stands for election after a random time between these two. */
  electionMinMs: number;
  electionMaxMs: number;
  /** How long a node may take to answer another one. */
  rpcTimeoutMs: number;
  /** How long a client's request waits for other nodes before the answer is "maybe" or "not now". */
  requestTimeoutMs: number;
  // @since 5
  /** How long a read of level `session` waits for this node to catch up before it asks the leader. */
  sessionWaitMs: number;
  // @end
}

/** Reads what the store needs beside the settings of every node. Throws ConfigError. */
export function readSettings(env: Environment): ReplicationSettings {
  const settings = {
    heartbeatMs: milliseconds(env, 'HEARTBEAT_MS', 100),
    electionMinMs: milliseconds(env, 'ELECTION_MIN_MS', 500),
    electionMaxMs: milliseconds(env, 'ELECTION_MAX_MS', 1000),
    rpcTimeoutMs: milliseconds(env, 'RPC_TIMEOUT_MS', 500),
    requestTimeoutMs: milliseconds(env, 'REQUEST_TIMEOUT_MS', 2000),
    // @since 5
    sessionWaitMs: milliseconds(env, 'SESSION_WAIT_MS', 300),
    // @end
  };
  if (settings.electionMaxMs < settings.electionMinMs) {
    throw new ConfigError('ELECTION_MAX_MS is less than ELECTION_MIN_MS');
  }
  return settings;
}
