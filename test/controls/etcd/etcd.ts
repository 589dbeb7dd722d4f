import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Config, type Environment, milliseconds } from '../../../solutions/shared/config.ts';
import { freePorts } from '../../../src/stack/ports.ts';

export interface Etcd {
  process: ChildProcess;
  /** Origin of its HTTP gateway. */
  clientUrl: string;
  /** Origin of what only its peers ask for. */
  peerUrl: string;
}

/**
 * The addresses by which members know each other. They are of a network that exists in documents only (RFC 5737): etcd
 * sends what is for them to the proxy in HTTP_PROXY, which loopback addresses would not need.
 */
export function memberAddress(nodeId: string): string {
  return `192.0.2.${numberOf(nodeId)}`;
}

/**
 * Where a member listens: an address of its own on loopback. The checks kill all nodes at once, and a member that comes back
 * could otherwise take the port of a node that is still dead.
 */
function listenAddress(nodeId: string): string {
  return `127.0.2.${numberOf(nodeId)}`;
}

function numberOf(nodeId: string): string {
  return nodeId.replace(/\D/g, '');
}

/** Starts a member. It is killed and paused with this process, whose group it is in. */
export async function startEtcd(
  { nodeId, peers, dataDir }: Config,
  env: Environment,
  proxyPort: number,
): Promise<Etcd> {
  const host = listenAddress(nodeId);
  const [clientPort = 0, peerPort = 0] = await freePorts(2, host);
  const clientUrl = `http://${host}:${clientPort}`;
  const peerUrl = `http://${host}:${peerPort}`;
  const advertised = (node: string) => `http://${memberAddress(node)}:2380`;
  const members = [nodeId, ...peers.keys()].sort().map((node) => `${node}=${advertised(node)}`);
  const electionMs = milliseconds(env, 'ELECTION_MIN_MS', 500);
  // etcd does not start with fewer than five heartbeats in a wait for an election.
  const heartbeatMs = Math.min(milliseconds(env, 'HEARTBEAT_MS', 100), Math.floor(electionMs / 5));
  const options = {
    name: nodeId,
    'data-dir': join(dataDir, 'etcd'),
    'listen-client-urls': clientUrl,
    'advertise-client-urls': `http://${memberAddress(nodeId)}:2379`,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': advertised(nodeId),
    'initial-cluster': members.join(','),
    'initial-cluster-state': 'new',
    'heartbeat-interval': String(heartbeatMs),
    'election-timeout': String(electionMs),
    logger: 'zap',
    'log-level': 'error',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const etcd = spawn('etcd', args, {
    env: { PATH: process.env.PATH, HTTP_PROXY: `http://127.0.0.1:${proxyPort}` },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(etcd, 'spawn');
  return { process: etcd, clientUrl, peerUrl };
}
