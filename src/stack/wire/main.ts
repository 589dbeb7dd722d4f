/**
 * The wire between the nodes of a stack: a proxy for each directed link, and an API that breaks the links. It runs beside
 * the nodes, as a process or in a container that has nothing but Node, and outlives the dsc command that started it.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { parseConfig, type WireConfig } from './config.ts';
import { createControl } from './control.ts';
import { Network } from './network.ts';
import { createProxy } from './proxy.ts';

const USAGE = 2;
const PORT_TAKEN = 3;

process.on('SIGTERM', () => process.exit(0));

await start(readConfig());

function readConfig(): WireConfig {
  try {
    return parseConfig(process.env.WIRE_CONFIG);
  } catch (error) {
    return end(USAGE, (error as Error).message);
  }
}

/** The control API comes last: when it answers, every link is open. */
async function start({ control, links, seed }: WireConfig): Promise<void> {
  const network = new Network(seed);
  const proxies = links.map((link) => listen(createProxy(link, network), link.listenHost, link.listenPort));
  await Promise.all(proxies);
  await listen(createControl(network, control.token), control.host, control.port);
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    end(PORT_TAKEN, `the wire cannot listen on ${host}:${port}: ${taken ? 'the port is taken' : error}`);
  }
}

function end(exitCode: number, line: string): never {
  console.error(line);
  process.exit(exitCode);
}
