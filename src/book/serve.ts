import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';
import { UserError } from '../course/user-error.ts';

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
 * @throws UserError `port-taken`
 */
export async function serveBook(folder: string, port: number): Promise<BookServer> {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    if (LOOPBACK.test(request.headers.host ?? '')) files(request, response);
    else response.writeHead(403, { 'content-type': 'text/plain' }).end('This book is for this machine only.');
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
