import { ConfigError, count, type Environment, milliseconds } from '../../shared/config.ts';

/** What to do when not all owners of a key can be reached: refuse (`cp`) or risk (`ap`). */
export type Mode = 'cp' | 'ap';

export interface StoreSettings {
  mode: Mode;
  /** Points of each node on the ring. */
  vnodes: number;
  /** How many nodes own a key. */
  replicas: number;
  /** How long a node may take to answer another one. */
  replicaTimeoutMs: number;
  /** From one comparison with the other nodes to the next. */
  reconcileMs: number;
  /** How long a node may take over one step of a change of the ring. */
  ringTimeoutMs: number;
}

const MAX_VNODES = 10_000;

/** Reads what the store needs beside the settings of every node. Throws ConfigError. */
export function readSettings(env: Environment): StoreSettings {
  return {
    mode: mode(env),
    vnodes: between(1, MAX_VNODES, 'VNODES', count(env, 'VNODES', 64)),
    replicas: between(1, Number.MAX_SAFE_INTEGER, 'REPLICAS', count(env, 'REPLICAS', 3)),
    replicaTimeoutMs: milliseconds(env, 'REPLICA_TIMEOUT_MS', 1000),
    reconcileMs: milliseconds(env, 'RECONCILE_MS', 1000),
    ringTimeoutMs: milliseconds(env, 'RING_TIMEOUT_MS', 5000),
  };
}

function mode(env: Environment): Mode {
  const value = env.MODE?.trim() || 'cp';
  if (value !== 'cp' && value !== 'ap') throw new ConfigError(`MODE is neither cp nor ap: "${value}"`);
  return value;
}

function between(least: number, most: number, name: string, value: number): number {
  if (value >= least && value <= most) return value;
  throw new ConfigError(`${name} is not a whole number between ${least} and ${most}: "${value}"`);
}
