import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { UserError } from '../course/user-error.ts';

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
const DEFAULT_RANGE = '20000-31999';

/** A port is given once only: that of a node that is dead just now is free, and yet not for others. */
const given = new Set<number>();

/**
 * Free TCP ports on the address, all different, from the range in DSC_PORTS (`20000-31999` unless it is set). They are
 * free when this returns and may be taken later.
 * @throws UserError `bad-ports`, `no-free-port`
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const [first, last] = portRange(process.env.DSC_PORTS || DEFAULT_RANGE);
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 10 * (last - first + 1)) {
      throw new UserError(`No free port was found between ${first} and ${last}.`, {
        code: 'no-free-port',
        fix: 'Set DSC_PORTS to another range, for example 40000-49999.',
      });
    }
    const port = randomInt(first, last + 1);
    if (given.has(port) || !(await portIsFree(port, host))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

function portRange(text: string): [first: number, last: number] {
  const [, first = 0, last = 0] = (/^(\d+)-(\d+)$/.exec(text) ?? []).map(Number);
  if (first >= 1024 && first <= last && last <= 65_535) return [first, last];
  throw new UserError(`DSC_PORTS is "${text}", which is no range of ports.`, {
    code: 'bad-ports',
    why: 'It is two numbers from 1024 to 65535 with a dash between them.',
    fix: `Unset it, or write for example DSC_PORTS=${DEFAULT_RANGE}.`,
  });
}
