import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { freePorts } from '../../src/stack/ports.ts';

// Above the ports that tests give to nodes (own-ports.ts), below those that the system gives to outgoing connections.

afterEach(() => vi.unstubAllEnvs());

test('ports are from the range in DSC_PORTS, and none is given twice, though nobody listens on it', async () => {
  vi.stubEnv('DSC_PORTS', '32400-32403');
  const given = [...(await freePorts(2)), ...(await freePorts(2))];
  expect(given.toSorted()).toEqual([32_400, 32_401, 32_402, 32_403]);
  await expect(freePorts(1)).rejects.toMatchObject({ code: 'no-free-port' });
});

test('a port that somebody listens on is not given', async () => {
  vi.stubEnv('DSC_PORTS', '32410-32411');
  const server = createServer().listen(32_410, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect(await freePorts(1)).toEqual([32_411]);
  } finally {
    server.close();
  }
});

test.each(['', 'x', '1-2', '30000', '30001-30000', '60000-70000'])('the range %j', async (range) => {
  vi.stubEnv('DSC_PORTS', range);
  if (range === '') expect((await freePorts(1))[0]).toBeGreaterThanOrEqual(20_000);
  else await expect(freePorts(1)).rejects.toMatchObject({ code: 'bad-ports' });
});
