import type Dockerode from 'dockerode';
import {
  type EngineAddress,
  type Environment,
  engineAddresses,
  type MissingContext,
} from './engine-address.ts';

/** A container engine that answered. */
export interface Engine {
  found: true;
  docker: Dockerode;
  /** For people: "Docker 20.10.24 at unix:///var/run/docker.sock". */
  description: string;
  /** The address at which its published ports are reached. */
  host: string;
  /** Whether its published ports are on this machine's loopback. */
  isLocal: boolean;
  /** Of its containers, as Go calls it: `amd64`, `arm64`. */
  architecture: string;
}

/** No engine answered: why, in words for people, and what to do. */
export interface NoEngine {
  found: false;
  why: string;
  fix: string;
}

/** How long an engine that is there may take to say its version, ms. One that is not there refuses at once. */
const LOCAL_PATIENCE_MS = 5_000;
const REMOTE_PATIENCE_MS = 10_000;

const LOOPBACK = '127.0.0.1';

/**
 * Finds the engine that the docker command would use; see `engineAddresses` for the order. A setting that names an engine is
 * obeyed: nothing else is tried when that one is dead.
 */
export async function findEngine(environment: Environment): Promise<Engine | NoEngine> {
  const addresses = await engineAddresses(environment);
  if ('missing' in addresses) return missingContext(addresses);
  const { default: Docker } = await import('dockerode');
  let silent: NoEngine | undefined;
  for (const address of addresses) {
    try {
      return await connect(Docker, address, environment);
    } catch (error) {
      const reason = explain(address, error as NodeJS.ErrnoException);
      if (reason) silent ??= reason;
    }
  }
  return silent ?? NOT_INSTALLED;
}

const NOT_INSTALLED: NoEngine = {
  found: false,
  why: 'no Docker or Podman socket is on this machine',
  fix: 'Install Docker, or start Docker Desktop.',
};

interface Version {
  Version: string;
  Arch: string;
  Components?: { Name: string }[];
}

async function connect(
  Docker: typeof Dockerode,
  address: EngineAddress,
  environment: Environment,
): Promise<Engine> {
  const url = new URL(address.url);
  const remoteHost = ['tcp:', 'http:', 'https:', 'ssh:'].includes(url.protocol) ? url.hostname : '';
  const isLocal = ['', 'localhost', LOOPBACK, '[::1]'].includes(remoteHost);
  const docker = new Docker(connection(address, url, environment));
  const version = await askVersion(docker, isLocal ? LOCAL_PATIENCE_MS : REMOTE_PATIENCE_MS);
  const product = version.Components?.some(({ Name }) => Name.startsWith('Podman')) ? 'Podman' : 'Docker';
  return {
    found: true,
    docker,
    description: `${product} ${version.Version.split('+')[0]} at ${address.url}`,
    host: isLocal ? LOOPBACK : remoteHost,
    isLocal,
    architecture: version.Arch,
  };
}

/** What dockerode would take from DOCKER_HOST by itself is given here in full, so that it does not mix in its own reading. */
function connection(address: EngineAddress, url: URL, environment: Environment): Dockerode.DockerOptions {
  const none = {
    host: undefined,
    port: undefined,
    pathPrefix: '/',
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  if (url.protocol === 'unix:')
    return { ...none, protocol: 'http', socketPath: decodeURIComponent(url.pathname) };
  if (url.protocol === 'npipe:') {
    return { ...none, protocol: 'http', socketPath: address.url.slice('npipe://'.length) };
  }
  if (url.protocol === 'ssh:') {
    const agent = environment.SSH_AUTH_SOCK;
    const sshOptions = agent ? { agent } : {};
    return {
      ...none,
      protocol: 'ssh',
      host: url.hostname,
      port: url.port || 22,
      username: url.username,
      sshOptions,
    };
  }
  const secure = address.tls !== undefined || url.protocol === 'https:' || url.port === '2376';
  const port = url.port || (secure ? 2376 : 2375);
  return { ...none, protocol: secure ? 'https' : 'http', host: url.hostname, port, ...address.tls };
}

/** A request that is given up must not keep the program alive, so it is aborted rather than left behind. */
async function askVersion(docker: Dockerode, patienceMs: number): Promise<Version> {
  const abortSignal = AbortSignal.timeout(patienceMs);
  const version = docker.version as unknown as (options: { abortSignal: AbortSignal }) => Promise<Version>;
  try {
    return await version.call(docker, { abortSignal });
  } catch (error) {
    throw abortSignal.aborted ? Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }) : error;
  }
}

/** Undefined when nothing is at one of the usual places, which says nothing. */
function explain(address: EngineAddress, error: NodeJS.ErrnoException): NoEngine | undefined {
  const { url, source } = address;
  const socket = url.startsWith('unix://') ? url.slice('unix://'.length) : url;
  const named = source ? `${source} says ${url}, but ` : '';
  const correct = source
    ? ` Or correct ${source === 'DOCKER_HOST' ? source : 'docker context use default'}.`
    : '';
  switch (error.code) {
    case 'ENOENT':
      if (!source) return undefined;
      return no(`${named}there is no such socket`, `Start that engine.${correct}`);
    case 'EACCES':
    case 'EPERM':
      return no(
        `${named}this user may not use ${socket} (permission denied)`,
        'sudo usermod -aG docker "$USER", then log out and in again.',
      );
    case 'ECONNREFUSED':
      return no(
        `${named || `${socket} is there, but `}the engine is not running (connection refused)`,
        `Start it: sudo systemctl start docker, or Docker Desktop.${correct}`,
      );
    case 'ETIMEDOUT':
      return no(`${named || `${url}: `}it does not answer`, `Restart that engine.${correct}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return no(`${named}that host is not known`, `Check the name.${correct}`);
    default:
      return no(
        `${named || `${url}: `}${error.message.trim()}`,
        `Check that docker version works.${correct}`,
      );
  }
}

function missingContext({ missing, present, source }: MissingContext): NoEngine {
  return no(
    `${source} names the Docker context "${missing}", which does not exist (there are: ${present.join(', ')})`,
    'docker context use default',
  );
}

function no(why: string, fix: string): NoEngine {
  return { found: false, why, fix };
}
