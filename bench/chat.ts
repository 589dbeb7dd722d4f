/** How much a chat server holds on this machine, beside Socket.IO's server doing the same in the same run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packagePath } from '../src/course/package-root.ts';
import { freePorts } from '../src/stack/ports.ts';
import { pythonEnvironment } from '../src/stack/process/python.ts';
import { until } from '../src/stack/until.ts';
import { writeSolution } from '../src/verify/write-solution.ts';
import { cpuMs } from './cpu.ts';
import { median } from './median.ts';

/** Clients in rooms of so many, and messages that one of each room says. */
const FAN_OUT = { clients: 500, roomSize: 100, messages: 50 };
/** So many clients only listen. */
const HELD = 2000;
const ROUNDS = 3;

/** A server to measure: its name in the report, and how it is started. */
interface Server {
  name: string;
  protocol: 'ours' | 'socket.io';
  command: string[];
  folder: string;
}

interface Figures {
  /** Deliveries a second. */
  rate: number;
  /** CPU time of the server for one delivery, µs: it hardly depends on what else this machine does. */
  cpuMicros: number;
  /** Until all clients have joined, ms. */
  joinedMs: number;
  /** Resident memory of the server with HELD clients, less without, KiB for each client. */
  memoryKiB: number;
}

/** @returns rows of the report */
export async function measureChat(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dsc-bench-chat-'));
  try {
    for (const session of [6, 7]) await writeSolution(join(folder, String(session)), session);
    const python = await pythonEnvironment(() => {});
    const node = (session: number) => ({
      command: [process.execPath, 'main.ts', 'chat'],
      folder: join(folder, String(session), 'typescript'),
    });
    const servers: Server[] = [
      { name: 'session 6, TypeScript', protocol: 'ours', ...node(6) },
      {
        name: "Socket.IO's server",
        protocol: 'socket.io',
        command: [process.execPath, packagePath('bench/socket-io-server.ts')],
        folder,
      },
      { name: 'session 7, TypeScript, each message on disk first', protocol: 'ours', ...node(7) },
      {
        name: 'session 7, Python, the same',
        protocol: 'ours',
        command: [python, '-m', 'main', 'chat'],
        folder: join(folder, '7', 'python'),
      },
    ];
    const rounds = new Map<Server, Figures[]>(servers.map((server) => [server, []]));
    // In turn, so that a busy moment of the machine does not hit one of them alone.
    for (let round = 0; round < ROUNDS; round++) {
      for (const server of servers) rounds.get(server)!.push(await measure(server, join(folder, 'data')));
    }
    const medians = servers.map((server) => medianOf(rounds.get(server)!));
    return report(servers, medians);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(servers: Server[], figures: Figures[]): string[] {
  const [, theirs] = figures;
  const { clients, roomSize, messages } = FAN_OUT;
  return servers.map(({ name }, index) => {
    const { rate, cpuMicros, joinedMs, memoryKiB } = figures[index]!;
    const beside = index === 1 ? '' : `, ${(rate / theirs!.rate).toFixed(2)} of Socket.IO's`;
    const delivered = `${Math.round(rate).toLocaleString('en')} messages delivered a second${beside}, ${cpuMicros.toFixed(1)} µs of the server's CPU each`;
    const held = `${HELD.toLocaleString('en')} clients held, joined in ${(joinedMs / 1000).toFixed(1)} s, ${memoryKiB.toFixed(0)} KiB each`;
    return `| one chat server, ${clients} clients in rooms of ${roomSize}, ${messages} messages a room: ${name} | ${delivered}; ${held} | |`;
  });
}

async function measure(server: Server, dataDir: string): Promise<Figures> {
  const { clients, roomSize, messages } = FAN_OUT;
  const fanOut = await underLoad(server, dataDir, [clients, roomSize, messages]);
  const held = await underLoad(server, dataDir, [HELD, roomSize, 0]);
  return {
    rate: fanOut.lines[1].deliveries / (fanOut.lines[1].ms / 1000),
    cpuMicros: (fanOut.cpuMs * 1000) / fanOut.lines[1].deliveries,
    joinedMs: held.lines[0].joinedMs,
    memoryKiB: held.memoryKiB / HELD,
  };
}

/** A fresh server, and clients in another process that print what they have measured. */
async function underLoad(
  server: Server,
  dataDir: string,
  load: number[],
): Promise<{ lines: any[]; memoryKiB: number; cpuMs: number }> {
  await rm(dataDir, { recursive: true, force: true });
  const [port = 0] = await freePorts(1);
  const [program = '', ...words] = server.command;
  const settings = { NODE_ID: 'chat1', HOST: '127.0.0.1', PORT: String(port), DATA_DIR: dataDir };
  const patient = { PRESENCE_TIMEOUT_MS: '600000', MAX_BUFFER_BYTES: String(64 * 1024 * 1024) };
  const running = spawn(program, words, {
    cwd: server.folder,
    env: { ...process.env, ...settings, ...patient },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        () => true,
        () => false,
      );
    await until(answers, { withinMs: 20_000, what: `${server.name} to answer` });
    const before = await residentKiB(running);
    const words = [server.protocol, String(port), ...load.map(String)];
    const clients = spawn(process.execPath, [packagePath('bench/chat-load.ts'), ...words], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines: any[] = [];
    /** CPU time at each line. */
    const cpu: number[] = [];
    const wanted = load[2] === 0 ? 1 : 2;
    for await (const line of createInterface({ input: clients.stdout })) {
      lines.push(JSON.parse(line));
      cpu.push(await cpuMs(running.pid!));
      if (lines.length === wanted) break;
    }
    if (lines.length < wanted) throw new Error(`the clients of ${server.name} gave up`);
    const memoryKiB = (await residentKiB(running)) - before;
    clients.stdin.write('enough\n');
    return { lines, memoryKiB, cpuMs: cpu.at(-1)! - cpu[0]! };
  } finally {
    running.kill('SIGKILL');
    await new Promise((resolve) => running.once('close', resolve));
  }
}

async function residentKiB({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

function medianOf(rounds: Figures[]): Figures {
  return {
    rate: median(rounds.map(({ rate }) => rate)),
    cpuMicros: median(rounds.map(({ cpuMicros }) => cpuMicros)),
    joinedMs: median(rounds.map(({ joinedMs }) => joinedMs)),
    memoryKiB: median(rounds.map(({ memoryKiB }) => memoryKiB)),
  };
}
