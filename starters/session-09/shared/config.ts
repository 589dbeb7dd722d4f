/** Everything a node is told from outside, read once at its start. */
export interface Config {
  nodeId: string;
  host: string;
  port: number;
  /** The other nodes: id to URL. A peer is reached only by this URL. */
  peers: Map<string, string>;
  /** The one directory this node may write to. It survives a restart. */
  dataDir: string;
  /** Added to every wall-clock time this node stamps, in ms. Never to a timer. */
  clockSkewMs: number;
}

export type Environment = Record<string, string | undefined>;

/** A setting is missing or malformed. The message names the variable. */
export class ConfigError extends Error {}

/** Reads what every node needs. Throws ConfigError. */
export function readConfig(env: Environment): Config {
  const nodeId = text(env, 'NODE_ID');
  return {
    nodeId,
    host: text(env, 'HOST'),
    port: integer(env, 'PORT', undefined, 0, 65_535),
    peers: peers(env, nodeId),
    dataDir: text(env, 'DATA_DIR'),
    clockSkewMs: integer(env, 'CLOCK_SKEW_MS', 0, -Number.MAX_SAFE_INTEGER),
  };
}

/** A span of time in ms from the environment, or the default. Throws ConfigError. */
export function milliseconds(env: Environment, name: string, fallback: number): number {
  return integer(env, name, fallback, 1, 2 ** 31 - 1);
}

/** A number of things from the environment, or the default. Throws ConfigError. */
export function count(env: Environment, name: string, fallback: number): number {
  return integer(env, name, fallback, 0);
}

/** The time this node believes it is, in epoch ms: for stamps that people and other nodes read. */
export function wallClock(config: Config): number {
  return Date.now() + config.clockSkewMs;
}

function text(env: Environment, name: string): string {
  const value = env[name]?.trim();
  if (!value) throw new ConfigError(`${name} is missing`);
  return value;
}

function integer(
  env: Environment,
  name: string,
  fallback?: number,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = env[name]?.trim();
  if (!value) {
    if (fallback === undefined) throw new ConfigError(`${name} is missing`);
    return fallback;
  }
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number < least || number > most) {
    throw new ConfigError(`${name} is not a whole number between ${least} and ${most}: "${value}"`);
  }
  return number;
}

/** Reads `PEERS`: `node2=http://node2:8080,node3=http://node3:8080`. */
function peers(env: Environment, nodeId: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of (env.PEERS ?? '').split(',').filter((part) => part.trim() !== '')) {
    const [id, url, ...rest] = entry.split('=').map((part) => part.trim());
    if (!id || !url || rest.length > 0 || !/^http:\/\/[^/\s]+$/.test(url) || !URL.canParse(url)) {
      throw new ConfigError(`PEERS has an entry that is not name=http://host:port: "${entry.trim()}"`);
    }
    if (id === nodeId) throw new ConfigError(`PEERS names this node itself: "${id}"`);
    if (found.has(id)) throw new ConfigError(`PEERS names "${id}" twice`);
    found.set(id, url);
  }
  return found;
}
