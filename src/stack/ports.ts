import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** @returns whether this TCP port on the address can be bound now */
export function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    // Somebody may try to connect just now; closing would wait for them.
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Ports that no system hands out to outgoing connections by itself (Linux begins at 32768, others at 49152): otherwise a
 * connection could take the port of a node while that is dead, and its restart would fail.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;

/** Free TCP ports on the address, all different; they are free when this returns and may be taken later. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (!ports.has(port) && (await portIsFree(port, host))) ports.add(port);
  }
  return [...ports];
}
