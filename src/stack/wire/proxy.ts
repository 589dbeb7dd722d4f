import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { now } from './clock.ts';
import type { LinkConfig } from './config.ts';
import { MOST_HEADER_BYTES, readBody, type WholeRequest } from './deliver.ts';
import { Exchange } from './exchange.ts';
import type { Network } from './network.ts';
import { tunnel } from './tunnel.ts';

/**
 * The wire's end of one directed link: what `from` sends here goes on to `to`, if the network lets it.
 * @returns a server that does not listen yet
 */
export function createProxy(link: LinkConfig, network: Network): Server {
  const target = new URL(link.target);
  const server = createServer({
    maxHeaderSize: MOST_HEADER_BYTES,
    // The wire never closes an idle connection: a caller that uses it again just then would meet a fault of ours.
    keepAliveTimeout: 0,
    // Anything but a WebSocket is an ordinary request that happens to offer an upgrade.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.on('request', (request, response) => {
    void pass(link, target, network, request, response);
  });
  server.on('upgrade', (request, socket, head) => tunnel(link, target, network, request, socket, head));
  return server;
}

async function pass(
  link: LinkConfig,
  target: URL,
  network: Network,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sentAt = now();
  response.on('error', () => response.destroy());
  const body = await readBody(incoming).catch((error: Error) => error);
  if (body instanceof Error && body.message !== 'too large') return;
  const request: WholeRequest = {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.rawHeaders,
    body: body instanceof Error ? Buffer.alloc(0) : body,
  };
  const { from, to } = link;
  const message = network.record.enter(
    { from, to, method: request.method, path: request.path },
    request.body,
    sentAt,
  );
  if (body instanceof Error) {
    message.faults.push('refused by the wire: a body over 8 MiB');
    message.outcome = 'answered';
    message.status = 413;
    message.returnedAt = now();
    response.writeHead(413, { Connection: 'close' }).end();
    return;
  }
  await new Exchange(network, target, request, response, message).carry();
}
