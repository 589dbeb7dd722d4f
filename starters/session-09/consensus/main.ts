import { type Environment, readConfig } from '../shared/config.ts';
import { ConsensusNode } from './node.ts';
import { readSettings } from './settings.ts';

/** Makes a node from the environment. Throws ConfigError. */
export function create(_args: string[], env: Environment): ConsensusNode {
  return new ConsensusNode(readConfig(env), readSettings(env));
}
