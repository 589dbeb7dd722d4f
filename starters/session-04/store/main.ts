import { type Environment, readConfig } from '../shared/config.ts';
import { StoreNode } from './replicated/node.ts';
import { readSettings } from './replicated/settings.ts';

/** Makes a node of the store from the environment. Throws ConfigError. */
export function create(_args: string[], env: Environment): StoreNode {
  return new StoreNode(readConfig(env), readSettings(env));
}
