/** Clusters of three to measure, straight on loopback: our Raft in both languages, and etcd. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'undici';
import { freePorts } from '../src/stack/ports.ts';
import { pythonEnvironment } from '../src/stack/process/python.ts';
import { until } from '../src/stack/until.ts';
import { encode, Gateway } from '../test/controls/etcd/gateway.ts';
import { cpuMs } from './cpu.ts';

const NODES = ['node1', 'node2', 'node3'];
const WITHIN_MS = 30_000;
/** The same for all, ms: an election begins after a random time between one and two of these. */
const [HEARTBEAT_MS, ELECTION_MS] = [100, 500];

interface Asked {
  method: 'GET' | 'PUT' | 'POST';
  path: string;
  body?: string;
}

/** How a member is started, and where it answers clients. */
interface Member {
  url: string;
  command: string[];
  folder: string;
  env: Record<string, string>;
}

export interface System {
  name: string;
  isEtcd: boolean;
  members(dataDir: string): Promise<Member[]>;
  put(key: string, value: string): Asked;
  /** A linearizable read. */
  get(key: string): Asked;
  /** The member's own word: whether it leads, and whether it knows who does. */
  standing(url: string): Promise<{ leads: boolean; settled: boolean }>;
}

/** @param solution a folder with the complete solution of session 10 */
export async function systemsToMeasure(solution: string): Promise<System[]> {
  const python = await pythonEnvironment(() => {});
  const systems = [
    ours('TypeScript', [process.execPath, 'main.ts', 'consensus'], join(solution, 'typescript')),
    ours('Python', [python, '-m', 'main', 'consensus'], join(solution, 'python')),
  ];
  const found = spawnSync('etcd', ['--version'], { encoding: 'utf8' });
  if (found.status === 0) systems.push(etcd(`etcd ${/\d+\.\d+\.\d+/.exec(found.stdout)?.[0]}`));
  else console.error('Without an etcd (Debian: etcd-server): nothing to compare our Raft with.');
  return systems;
}

function ours(name: string, command: string[], folder: string): System {
  return {
    name,
    isEtcd: false,
    async members(dataDir) {
      const ports = await freePorts(NODES.length);
      const url = (index: number) => `http://127.0.0.1:${ports[index]}`;
      return NODES.map((node, own) => {
        const peers = NODES.map((peer, index) => `${peer}=${url(index)}`).filter((_, index) => index !== own);
        const env = {
          NODE_ID: node,
          HOST: '127.0.0.1',
          PORT: String(ports[own]),
          DATA_DIR: join(dataDir, node),
          PEERS: peers.join(','),
          HEARTBEAT_MS: String(HEARTBEAT_MS),
          ELECTION_MIN_MS: String(ELECTION_MS),
          ELECTION_MAX_MS: String(2 * ELECTION_MS),
        };
        return { url: url(own), command, folder, env };
      });
    },
    put: (key, value) => ({ method: 'PUT', path: `/kv/${key}`, body: JSON.stringify({ value }) }),
    get: (key) => ({ method: 'GET', path: `/kv/${key}` }),
    async standing(url) {
      const { state, leader } = (await (await fetch(`${url}/status`)).json()) as any;
      return { leads: state === 'leader', settled: leader !== null };
    },
  };
}

/** Its clients use the HTTP gateway: JSON as ours, over the same connections. */
function etcd(name: string): System {
  return {
    name,
    isEtcd: true,
    async members(dataDir) {
      const ports = await freePorts(2 * NODES.length);
      const url = (index: number) => `http://127.0.0.1:${ports[index]}`;
      const peerUrl = (index: number) => url(NODES.length + index);
      return NODES.map((node, own) => {
        const options = {
          name: node,
          'data-dir': join(dataDir, node),
          'listen-client-urls': url(own),
          'advertise-client-urls': url(own),
          'listen-peer-urls': peerUrl(own),
          'initial-advertise-peer-urls': peerUrl(own),
          'initial-cluster': NODES.map((peer, index) => `${peer}=${peerUrl(index)}`).join(','),
          'heartbeat-interval': String(HEARTBEAT_MS),
          'election-timeout': String(ELECTION_MS),
          logger: 'zap',
          'log-level': 'fatal',
        };
        const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
        return { url: url(own), command: ['etcd', ...words], folder: '/', env: {} };
      });
    },
    put: (key, value) => ({
      method: 'POST',
      path: '/v3/kv/put',
      body: JSON.stringify({ key: encode(key), value: encode(JSON.stringify(value)) }),
    }),
    get: (key) => ({ method: 'POST', path: '/v3/kv/range', body: JSON.stringify({ key: encode(key) }) }),
    async standing(url) {
      const { state, leaderId } = await new Gateway(url, WITHIN_MS).raftStatus(WITHIN_MS);
      return { leads: state === 'leader', settled: leaderId !== 0n };
    },
  };
}

/** Three members that run. */
export class Cluster {
  readonly system: System;
  readonly #members: Member[];
  readonly #dataDir: string;
  readonly #running = new Map<Member, ChildProcess>();
  readonly #connections = new Agent();

  private constructor(system: System, members: Member[], dataDir: string) {
    this.system = system;
    this.#members = members;
    this.#dataDir = dataDir;
  }

  /** Starts all members, with nothing on disk. */
  static async start(system: System, dataDir: string): Promise<Cluster> {
    await rm(dataDir, { recursive: true, force: true });
    const cluster = new Cluster(system, await system.members(dataDir), dataDir);
    for (const member of cluster.#members) cluster.#start(member);
    return cluster;
  }

  /** URLs of the members that run. */
  get urls(): string[] {
    return [...this.#running.keys()].map(({ url }) => url);
  }

  /** CPU time of the members that run, ms. */
  async cpuMs(): Promise<number> {
    const each = await Promise.all([...this.#running.values()].map(({ pid }) => cpuMs(pid!)));
    return each.reduce((sum, one) => sum + one, 0);
  }

  /** Waits until all three know of a leader. @returns its URL */
  leader(): Promise<string> {
    const settled = async () => {
      const all = await Promise.all(this.urls.map((url) => this.system.standing(url).catch(() => undefined)));
      const leading = this.urls.filter((_, index) => all[index]?.leads);
      return leading.length === 1 && all.every((member) => member?.settled) && leading[0];
    };
    return until(settled, { withinMs: WITHIN_MS, what: `a leader of ${this.system.name}` });
  }

  /** @returns whether this member has answered with 200 */
  async ask(url: string, { method, path, body }: Asked): Promise<boolean> {
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#connections.request({
      origin: url,
      method,
      path,
      body: body ?? null,
      headers,
    });
    await answer.body.dump();
    return answer.statusCode === 200;
  }

  /** kill -9. */
  async kill(url: string): Promise<void> {
    const member = this.#members.find((one) => one.url === url)!;
    const child = this.#running.get(member)!;
    this.#running.delete(member);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** Starts those that were killed, with what they have on disk. */
  startAgain(): void {
    for (const member of this.#members) if (!this.#running.has(member)) this.#start(member);
  }

  async remove(): Promise<void> {
    for (const url of this.urls) await this.kill(url);
    await this.#connections.destroy();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  #start(member: Member): void {
    const { folder, env } = member;
    const [program = '', ...words] = member.command;
    const child = spawn(program, words, {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#running.set(member, child);
  }
}
