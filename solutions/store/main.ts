import { type Environment, readConfig } from '../shared/config.ts';
// @until 4
// ~ import { StoreNode } from './partitioned/node.ts';
// ~ import { readSettings } from './partitioned/settings.ts';
// @end
// @since 4
import { StoreNode } from './replicated/node.ts';
import { readSettings } from './replicated/settings.ts';
// @end

/** Makes a node of the store from the environment. Throws ConfigError. */
export function create(_args: string[], env: Environment): StoreNode {
  return new StoreNode(readConfig(env), readSettings(env));
}
