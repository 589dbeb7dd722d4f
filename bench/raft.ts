/** Writes, linearizable reads and failover of our Raft, beside those of a real etcd doing the same in the same run. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../src/stack/until.ts';
import { writeSolution } from '../src/verify/write-solution.ts';
import { median } from './median.ts';
import { Cluster, type System, systemsToMeasure } from './raft-clusters.ts';

const ROUNDS = 5;
const FAILOVERS = 3;
const MANY_CLIENTS = 8;
/** How long each kind of load lasts, ms. */
const WARM_UP_MS = 1000;
const LOAD_MS = 2000;
/** After a leader was killed, a write goes to each of the others so often, ms. */
const ATTEMPT_EVERY_MS = 10;
const FAILOVER_WITHIN_MS = 30_000;
const DISK_WAITS = 101;
const VALUE = 'x'.repeat(64);

const LOADS = [
  { what: 'writes a second, one client', kind: 'write', clients: 1 },
  { what: `writes a second, ${MANY_CLIENTS} clients`, kind: 'write', clients: MANY_CLIENTS },
  { what: 'linearizable reads a second, one client', kind: 'read', clients: 1 },
  { what: `linearizable reads a second, ${MANY_CLIENTS} clients`, kind: 'read', clients: MANY_CLIENTS },
] as const;
const FAILOVER = 'ms from `kill -9` of the leader to the next acknowledged write';

interface Figure {
  value: number;
  /** CPU time of all members for one operation, ms: it hardly depends on what else this machine does. */
  cpuMs?: number;
}

/** What was measured, by its name, in every round. */
type Figures = Map<string, Figure[]>;

/** @returns rows of the report */
export async function measureRaft(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dsc-bench-raft-'));
  try {
    await writeSolution(join(folder, 'code'), 10);
    const systems = await systemsToMeasure(join(folder, 'code'));
    const figures = new Map<System, Figures>(systems.map((system) => [system, new Map()]));
    // In turn, so that a busy moment of the machine does not hit one of them alone.
    for (let round = 0; round < ROUNDS; round++) {
      for (const system of systems) await measure(system, join(folder, 'data'), figures.get(system)!);
    }
    return report(figures, await waitForDiskMs(join(folder, 'probe')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(system: System, dataDir: string, figures: Figures): Promise<void> {
  const note = (what: string, figure: Figure) => figures.set(what, [...(figures.get(what) ?? []), figure]);
  const cluster = await Cluster.start(system, dataDir);
  try {
    for (const kind of ['write', 'read'] as const) await load(cluster, kind, MANY_CLIENTS, WARM_UP_MS);
    for (const { what, kind, clients } of LOADS) note(what, await load(cluster, kind, clients, LOAD_MS));
    for (let n = 0; n < FAILOVERS; n++) note(FAILOVER, { value: await failover(cluster) });
  } finally {
    await cluster.remove();
  }
}

/**
 * Clients at the leader, each with one operation at a time on a key of its own.
 * @returns operations done a second: those that fail take time and do not count
 */
async function load(
  cluster: Cluster,
  kind: 'write' | 'read',
  clients: number,
  forMs: number,
): Promise<Figure> {
  const leader = await cluster.leader();
  const { put, get } = cluster.system;
  const cpuBefore = await cluster.cpuMs();
  const began = performance.now();
  let done = 0;
  const client = async (_: unknown, index: number) => {
    const asked = kind === 'write' ? put(`key${index}`, VALUE) : get(`key${index}`);
    while (performance.now() - began < forMs) if (await cluster.ask(leader, asked)) done++;
  };
  await Promise.all(Array.from({ length: clients }, client));
  const value = done / ((performance.now() - began) / 1000);
  return { value, cpuMs: ((await cluster.cpuMs()) - cpuBefore) / done };
}

/** Kills the leader, and starts it again afterwards. @returns ms until the first write since then is acknowledged */
async function failover(cluster: Cluster): Promise<number> {
  const leader = await cluster.leader();
  const killed = performance.now();
  await cluster.kill(leader);
  let acknowledgedMs: number | undefined;
  const attempt = async (url: string) => {
    const done = await cluster.ask(url, cluster.system.put('failover', VALUE)).catch(() => false);
    if (done) acknowledgedMs ??= performance.now() - killed;
  };
  const attempts: Promise<void>[] = [];
  const acknowledged = () => {
    if (acknowledgedMs === undefined) attempts.push(...cluster.urls.map(attempt));
    return acknowledgedMs;
  };
  const what = `${cluster.system.name} to take a write without its leader`;
  const ms = await until(acknowledged, { withinMs: FAILOVER_WITHIN_MS, what, everyMs: ATTEMPT_EVERY_MS });
  await Promise.all(attempts);
  cluster.startAgain();
  return ms;
}

/** @returns the median wait until this disk confirms a few bytes more in a file, as every system here waits for it */
async function waitForDiskMs(path: string): Promise<number> {
  const file = await open(path, 'a');
  const waits: number[] = [];
  for (let n = 0; n < DISK_WAITS; n++) {
    await file.appendFile(VALUE);
    const began = performance.now();
    await file.datasync();
    waits.push(performance.now() - began);
  }
  await file.close();
  return median(waits);
}

/** A row for each thing measured: medians, the lowest and the highest, beside etcd's. */
function report(figures: ReadonlyMap<System, Figures>, diskMs: number): string[] {
  const systems = [...figures.keys()];
  const etcd = systems.find(({ isEtcd }) => isEtcd);
  return [...LOADS.map(({ what }) => what), FAILOVER].map((what) => {
    const noted = (system: System) => figures.get(system)!.get(what)!;
    const values = (system: System) => noted(system).map(({ value }) => value);
    const each = systems.map((system) => {
      const middle = median(values(system));
      const said = [`${count(Math.min(...values(system)))} to ${count(Math.max(...values(system)))}`];
      const cpu = noted(system).flatMap(({ cpuMs }) => cpuMs ?? []);
      if (cpu.length > 0) said.push(`${median(cpu).toFixed(2)} ms of CPU each`);
      if (etcd && system !== etcd) said.push(`${(middle / median(values(etcd))).toFixed(2)} of etcd's`);
      return `${system.name} ${count(middle)} (${said.join(', ')})`;
    });
    return `| Raft on three nodes, \`fdatasync\` (${diskMs.toFixed(1)} ms here) before each answer: ${what} | ${each.join('; ')} | |`;
  });
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
