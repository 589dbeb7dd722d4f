import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import sirv from 'sirv';
import { UserError } from '../course/user-error.ts';
import type { LiveCluster } from './panel/live-cluster.ts';
import { PanelRoutes } from './panel/routes.ts';

/** Addresses under which this machine speaks to itself. Others mean that a foreign page sends the request. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export interface BookServer {
  /** Without a slash at its end. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the rendered book on loopback.
 * @param folder with the pages
 * @param port 0 takes a free one
 * @param cluster the cluster to show beside the text; without it the book is plain
 * @throws UserError `port-taken`
 */
export async function serveBook(folder: string, port: number, cluster?: LiveCluster): Promise<BookServer> {
  const files = sirv(folder, { dev: true });
  const routes = cluster && new PanelRoutes(cluster);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (!LOOPBACK.test(request.headers.host ?? '')) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('This book is for this machine only.');
      return;
    }
    // No other page may show the book in a frame, and so make a reader press its buttons unawares.
    response.setHeader('content-security-policy', "frame-ancestors 'self'");
    response.setHeader('x-content-type-options', 'nosniff');
    const { pathname } = new URL(request.url ?? '/', 'http://book');
    if (routes && (await routes.answer(request, response, pathname))) return;
    const page = routes && (await readPage(folder, pathname));
    if (page === undefined) return files(request, response);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(routes!.bringAlive(page));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(error.message);
    });
  });
  await listen(server, port);
  const { port: got } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${got}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Undefined where there is no such page. Dots that lead out of the folder lead nowhere. */
async function readPage(folder: string, pathname: string): Promise<string | undefined> {
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  if (!path.endsWith('.html')) return undefined;
  try {
    return await readFile(join(folder, normalize(decodeURIComponent(path))), 'utf8');
  } catch {
    return undefined;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = new UserError(`Port ${port} is taken.`, {
        code: 'port-taken',
        why: 'Another program listens there.',
        fix: 'Leave out --port: a free one is chosen.',
        cause: error,
      });
      reject(error.code === 'EADDRINUSE' ? taken : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
