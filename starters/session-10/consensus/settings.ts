import { ConfigError, count, type Environment, milliseconds } from '../shared/config.ts';

export interface RaftSettings {
  /** From one heartbeat of the leader to the next. */
  heartbeatMs: number;
  /** A node that hears no leader stands for election after a random time between these two. */
  electionMinMs: number;
  electionMaxMs: number;
  /** How long a node may take to answer another one. */
  rpcTimeoutMs: number;
  /** How long a client's request waits before the answer is "maybe" or "not now". */
  requestTimeoutMs: number;
  /** How many entries one message carries at most. */
  maxEntriesPerAppend: number;
}

/** Reads what a node needs beside the settings of every node. Throws ConfigError. */
export function readSettings(env: Environment): RaftSettings {
  const settings = {
    heartbeatMs: milliseconds(env, 'HEARTBEAT_MS', 100),
    electionMinMs: milliseconds(env, 'ELECTION_MIN_MS', 500),
    electionMaxMs: milliseconds(env, 'ELECTION_MAX_MS', 1000),
    rpcTimeoutMs: milliseconds(env, 'RPC_TIMEOUT_MS', 500),
    requestTimeoutMs: milliseconds(env, 'REQUEST_TIMEOUT_MS', 2000),
    maxEntriesPerAppend: count(env, 'MAX_ENTRIES_PER_APPEND', 64),
  };
  if (settings.electionMaxMs < settings.electionMinMs) {
    throw new ConfigError('ELECTION_MAX_MS is less than ELECTION_MIN_MS');
  }
  if (settings.maxEntriesPerAppend < 1) throw new ConfigError('MAX_ENTRIES_PER_APPEND is less than 1');
  return settings;
}
