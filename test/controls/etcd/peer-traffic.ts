import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { memberAddress } from './etcd.ts';

/** What the members say to each other. All else is for the API. */
const PEER_PATHS = /^\/(raft|members|version)/;

/**
 * The proxy through which etcd reaches its peers: by the URLs of PEERS, which are the wire's. Streams are refused, so
 * that etcd sends each Raft message as a request of its own, which the wire can lose, delay and record.
 *
 * @param timeoutMs how long a peer may take to answer
 */
export function peerProxy(peers: ReadonlyMap<string, string>, timeoutMs: number): Server {
  const byAddress = new Map([...peers].map(([node, url]) => [memberAddress(node), url]));
  return createServer((request, response) => {
    const { hostname, pathname, search } = new URL(request.url ?? '', 'http://nobody');
    const peer = byAddress.get(hostname);
    if (peer === undefined || pathname.startsWith('/raft/stream')) response.writeHead(503).end();
    else pass(request, response, new URL(pathname + search, peer), timeoutMs);
  });
}

/** Listens in the node's place, and gives each request to whom it is for. */
export function switchboard(origins: { api: string; peer: string }): Server {
  return createServer((request, response) => {
    const origin = PEER_PATHS.test(request.url ?? '') ? origins.peer : origins.api;
    pass(request, response, new URL(request.url ?? '/', origin));
  });
}

/** Resolves with the port when the server listens. */
export function portOf(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Hands a request over as it came, and the answer back. Where none comes the connection is broken: silence, not an error. */
function pass(request: IncomingMessage, response: ServerResponse, target: URL, timeoutMs?: number): void {
  const { method, headers } = request;
  const onward = httpRequest(target, {
    method,
    headers: { ...headers, host: target.host },
    agent: false,
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
  });
  const broken = () => request.socket.destroy();
  onward.on('error', broken);
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', broken);
    answer.pipe(response);
  });
  request.on('error', () => onward.destroy());
  request.pipe(onward);
}
