import { randomBytes } from 'node:crypto';
import type { ComposeModel } from '../compose/model.ts';
import type { NamedLink } from '../links.ts';
import { freePorts, portIsFree } from '../ports.ts';
import type { Placement } from '../runtime.ts';
import type { Engine } from './engine.ts';

/** Inside the wire's container: its control API, and the first of its listeners. */
const CONTROL_PORT = 7000;
const FIRST_LINK_PORT = 7001;

/**
 * Where everything of a stack will be: the host ports that the Compose file wants where they are free, others where not.
 * @param own host ports of this project's own containers: they are free for the containers that replace them
 */
export async function placeInDocker(
  engine: Engine,
  model: ComposeModel,
  named: readonly NamedLink[],
  own: ReadonlySet<number>,
): Promise<Placement> {
  const spare = await freePorts(model.services.length + 1);
  const moved: Placement['moved'] = [];
  const nodes: Record<string, string> = {};
  for (const { name, ports } of model.services) {
    const wanted = ports[0]?.host;
    let port = spare.pop()!;
    // Ports of another machine cannot be tried from here; the start shows whether they are free.
    if (wanted && (own.has(wanted) || !engine.isLocal || (await portIsFree(wanted)))) port = wanted;
    else if (wanted) moved.push({ service: name, wanted, got: port });
    nodes[name] = hostUrl(engine, port);
  }
  const links = named.map(({ from, to, port }, index) => {
    const listenPort = FIRST_LINK_PORT + index;
    const url = `http://wire:${listenPort}`;
    return { from, to, target: `http://${to}:${port}`, listenHost: '0.0.0.0', listenPort, url };
  });
  const control = {
    url: hostUrl(engine, spare.pop()!),
    listenHost: '0.0.0.0',
    listenPort: CONTROL_PORT,
    token: randomBytes(16).toString('hex'),
  };
  return { nodes, links, control, moved };
}

/** How dsc reaches a published port. */
export function hostUrl(engine: Engine, port: number): string {
  return `http://${engine.host}:${port}`;
}

/** The address on which ports are published: nobody else needs to reach them, unless the engine is on another machine. */
export function publishAddress(engine: Engine): string {
  return engine.isLocal ? '127.0.0.1' : '0.0.0.0';
}
