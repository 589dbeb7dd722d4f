import { type Environment, milliseconds, readConfig } from '../shared/config.ts';
import { MessageNode } from './node.ts';

/** Makes a message node from the environment. Throws ConfigError. */
export function create(_args: string[], env: Environment): MessageNode {
  return new MessageNode(readConfig(env), {
    attemptTimeoutMs: milliseconds(env, 'ATTEMPT_TIMEOUT_MS', 300),
    backoffBaseMs: milliseconds(env, 'BACKOFF_BASE_MS', 50),
    backoffMaxMs: milliseconds(env, 'BACKOFF_MAX_MS', 1000),
  });
}
