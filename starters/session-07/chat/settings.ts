import { count, type Environment, milliseconds } from '../shared/config.ts';

export interface ChatSettings {
  /** How often a client sends a ping, and how often the server looks for silent ones, ms. */
  heartbeatMs: number;
  /** A connection that was not heard for so long is given up, ms. */
  presenceTimeoutMs: number;
  /** A reader for whom more than this waits to be sent is too slow, bytes. */
  maxBufferBytes: number;
  /** How long a server waits for another one, ms. */
  publishTimeoutMs: number;
  /** How often a server says that it still wants a room's messages, ms. */
  subscribeMs: number;
}

/** Throws ConfigError. */
export function readSettings(env: Environment): ChatSettings {
  return {
    heartbeatMs: milliseconds(env, 'HEARTBEAT_MS', 3000),
    presenceTimeoutMs: milliseconds(env, 'PRESENCE_TIMEOUT_MS', 10_000),
    maxBufferBytes: count(env, 'MAX_BUFFER_BYTES', 1024 * 1024),
    publishTimeoutMs: milliseconds(env, 'PUBLISH_TIMEOUT_MS', 1000),
    subscribeMs: milliseconds(env, 'SUBSCRIBE_MS', 1000),
  };
}
