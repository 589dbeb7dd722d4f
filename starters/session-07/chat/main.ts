import { type Environment, readConfig } from '../shared/config.ts';
import { ChatServer } from './server.ts';
import { readSettings } from './settings.ts';

/** Makes a chat server from the environment. Throws ConfigError. */
export function create(_args: string[], env: Environment): ChatServer {
  return new ChatServer(readConfig(env), readSettings(env));
}
