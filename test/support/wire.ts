import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from '../../src/stack/until.ts';
import { WireClient } from '../../src/stack/wire/client.ts';
import type { WireMessage } from '../../src/stack/wire/protocol.ts';

const PROGRAM = fileURLToPath(new URL('../../src/stack/wire/main.ts', import.meta.url));
const TOKEN = 'the right token';

/** A request as a node got it. */
export interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  rawHeaders: string[];
  body: Buffer;
}

/** What one node's server answers; undefined: never. */
export type Handler = (received: Received) => Promise<HandlerAnswer | undefined> | HandlerAnswer | undefined;

export interface HandlerAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** A little server in a node's place, that remembers what it got. Gone when the test is over. */
export async function startNode(handler: Handler = () => ({ body: '{"ok":true}' })) {
  const received: Received[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', async () => {
      const { method = '', url: path = '', headers, rawHeaders } = incoming;
      const request = { method, path, headers, rawHeaders, body: Buffer.concat(chunks) };
      received.push(request);
      const answer = await handler(request);
      if (answer) response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  const port = (server.address() as AddressInfo).port;
  return { server, received, close, port, url: `http://127.0.0.1:${port}` };
}

/** Ports that nothing listens on just now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** The wire's program with this WIRE_CONFIG, as it is: for tests of its start. */
export function spawnWire(config: string | undefined) {
  const environment = { ...process.env };
  delete environment.WIRE_CONFIG;
  if (config !== undefined) environment.WIRE_CONFIG = config;
  const child = spawn(process.execPath, [PROGRAM], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { child, exit, output: () => output };
}

export interface RunningWire {
  client: WireClient;
  controlUrl: string;
  token: string;
  process: ChildProcess;
  exit: Promise<number | null>;
  /** URL by which `from` reaches `to`. */
  url(from: string, to: string): string;
  port(from: string, to: string): number;
  /** The only message of the record so far. */
  onlyMessage(): Promise<WireMessage>;
}

/** The real wire as a process, with these links: `{ 'node1>node2': url of node2 }`. */
export async function startWire(links: Record<string, string>, seed = 1): Promise<RunningWire> {
  const [controlPort = 0, ...ports] = await freePorts(Object.keys(links).length + 1);
  const configured = Object.entries(links).map(([name, target], index) => {
    const [from = '', to = ''] = name.split('>');
    return { from, to, target, listenHost: '127.0.0.1', listenPort: ports[index]! };
  });
  const control = { host: '127.0.0.1', port: controlPort, token: TOKEN };
  const { child, exit, output } = spawnWire(JSON.stringify({ control, links: configured, seed }));
  const controlUrl = `http://127.0.0.1:${controlPort}`;
  const client = new WireClient(controlUrl, TOKEN);
  await until(() => client.alive(), { withinMs: 20_000, what: `the wire to answer: ${output()}` });
  const port = (from: string, to: string) =>
    configured.find((link) => link.from === from && link.to === to)!.listenPort;
  return {
    client,
    controlUrl,
    token: TOKEN,
    process: child,
    exit,
    port,
    url: (from, to) => `http://127.0.0.1:${port(from, to)}`,
    onlyMessage: async () => {
      const messages = await client.messages(0);
      if (messages.length !== 1) throw new Error(`${messages.length} messages instead of one`);
      return messages[0]!;
    },
  };
}

export interface CallResult {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** A request on a connection of its own, that can be given up. */
export function call(
  url: string,
  options: { method?: string; body?: string | Buffer; headers?: Record<string, string> } = {},
): { answer: Promise<CallResult>; giveUp: () => void; settled: () => boolean } {
  const { method = 'POST', body, headers = {} } = options;
  let settled = false;
  const outgoing = request(url, { method, headers, agent: false });
  const answer = new Promise<CallResult>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
      });
    });
  }).finally(() => {
    settled = true;
  });
  // A test that gives up is not interested in how that ends.
  answer.catch(() => undefined);
  outgoing.end(body);
  onTestFinished(() => void outgoing.destroy());
  return { answer, giveUp: () => outgoing.destroy(), settled: () => settled };
}
