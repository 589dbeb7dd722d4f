import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** TLS material as PEM texts. */
export interface EngineTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/** Where an engine may be: an address as DOCKER_HOST has it, and who says so. */
export interface EngineAddress {
  /** `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`, `npipe:////./pipe/docker_engine`. */
  url: string;
  /** `DOCKER_HOST`, `the context "lab"`; undefined for a usual place. */
  source?: string;
  tls?: EngineTls;
}

/** No address, because the settings name a context that is not there. */
export interface MissingContext {
  missing: string;
  /** The contexts that are there. */
  present: string[];
  source: string;
}

/**
 * Where the docker command would look, in its order: DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json; without
 * any of them the usual places of Docker, Docker Desktop, rootless Docker, Colima and Podman.
 * @param platform as `process.platform` has it
 */
export async function engineAddresses(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<EngineAddress[] | MissingContext> {
  const directory = environment.DOCKER_CONFIG || join(homeOf(environment), '.docker');
  if (environment.DOCKER_HOST) return [await fromDockerHost(environment.DOCKER_HOST, environment, directory)];
  const current = (await readJson(join(directory, 'config.json'))) as { currentContext?: string } | undefined;
  const context = environment.DOCKER_CONTEXT || current?.currentContext;
  if (!context || context === 'default') return usualPlaces(environment, platform);
  const source = environment.DOCKER_CONTEXT ? 'DOCKER_CONTEXT' : join(directory, 'config.json');
  return fromContext(context, source, directory);
}

async function fromDockerHost(
  host: string,
  environment: Environment,
  directory: string,
): Promise<EngineAddress> {
  const url = host.includes('://') ? host : `tcp://${host}`;
  const address: EngineAddress = { url, source: 'DOCKER_HOST' };
  const secure = Boolean(environment.DOCKER_TLS_VERIFY) || environment.DOCKER_TLS === '1';
  if (!secure) return address;
  return { ...address, tls: await readTls(environment.DOCKER_CERT_PATH || directory) };
}

/** The folders of a context are named by the SHA-256 of its name. */
async function fromContext(
  name: string,
  source: string,
  directory: string,
): Promise<EngineAddress[] | MissingContext> {
  const contexts = join(directory, 'contexts');
  const id = createHash('sha256').update(name).digest('hex');
  const meta = (await readJson(join(contexts, 'meta', id, 'meta.json'))) as ContextMeta | undefined;
  const url = meta?.Endpoints?.docker?.Host;
  if (!url) return { missing: name, present: await contextNames(contexts), source };
  const tls = await readTls(join(contexts, 'tls', id, 'docker'));
  const secured = Object.keys(tls).length > 0;
  return [{ url, source: `the Docker context "${name}"`, ...(secured && { tls }) }];
}

interface ContextMeta {
  Name?: string;
  Endpoints?: { docker?: { Host?: string } };
}

async function contextNames(contexts: string): Promise<string[]> {
  const ids = await readdir(join(contexts, 'meta')).catch(() => []);
  const metas = await Promise.all(ids.map((id) => readJson(join(contexts, 'meta', id, 'meta.json'))));
  return ['default', ...metas.flatMap((meta) => (meta as ContextMeta | undefined)?.Name ?? []).sort()];
}

function usualPlaces(environment: Environment, platform: NodeJS.Platform): EngineAddress[] {
  if (platform === 'win32') {
    return ['docker_engine', 'podman-machine-default'].map((pipe) => ({ url: `npipe:////./pipe/${pipe}` }));
  }
  const home = homeOf(environment);
  const runtime = environment.XDG_RUNTIME_DIR;
  const sockets = [
    '/var/run/docker.sock',
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(home, '.colima/default/docker.sock'),
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
  return sockets.map((socket) => ({ url: `unix://${socket}` }));
}

async function readTls(directory: string): Promise<EngineTls> {
  const tls: EngineTls = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const content = await readFile(join(directory, `${part}.pem`)).catch(() => undefined);
    if (content) tls[part] = content;
  }
  return tls;
}

/** Undefined when it is missing or broken: the docker command ignores such a file, too. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function homeOf(environment: Environment): string {
  return environment.HOME || environment.USERPROFILE || homedir();
}
