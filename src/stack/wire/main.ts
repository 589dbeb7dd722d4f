/**
 * The wire: a proxy between the nodes of a stack, one listener for each directed link. Started by dsc with its configuration as JSON
 * in WIRE_CONFIG: {"control": {"host", "port", "token"}, "links": [LinkConfig], "seed"}.
 * Ends with 2 when that cannot be read, with 3 when a port is taken. Nothing but Node's own modules: it also runs in a bare container.
 */
import type { Server } from 'node:http';
import { createControl } from './control.ts';
import { FaultPlan } from './faults.ts';
import { createLink, type LinkConfig, type Wire } from './link.ts';
import { Puppets } from './puppets.ts';
import { MessageLog } from './record.ts';

interface WireConfig {
  control: { host: string; port: number; token: string };
  links: LinkConfig[];
  seed: number;
}

const { control, links, seed } = readConfig(process.env.WIRE_CONFIG);
const wire: Wire = {
  plan: new FaultPlan(seed),
  log: new MessageLog(),
  puppets: new Puppets(),
  silenced: new Set(),
};
process.once('SIGTERM', () => process.exit(0));
await Promise.all(links.map((link) => listen(createLink(link, wire), link.listenPort, link.listenHost)));
// Last, so that its /health says that all links are there.
await listen(createControl(control.token, wire), control.port, control.host);

function readConfig(text: string | undefined): WireConfig {
  try {
    const config = JSON.parse(text ?? '') as WireConfig;
    if (!config.control || !Array.isArray(config.links)) throw new Error('control and links are needed');
    return config;
  } catch (error) {
    console.error(`WIRE_CONFIG cannot be read: ${(error as Error).message}`);
    process.exit(2);
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve) => {
    server.once('error', (error) => {
      console.error(`the wire cannot listen on ${host}:${port}: ${error.message}`);
      process.exit(3);
    });
    server.listen(port, host, resolve);
  });
}
