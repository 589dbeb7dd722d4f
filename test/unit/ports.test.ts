import { createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { freePorts } from '../../src/stack/ports.ts';

afterEach(() => vi.unstubAllEnvs());

test('ports are from the range in DSC_PORTS, and none is given twice, though nobody listens on it', async () => {
  vi.stubEnv('DSC_PORTS', '33400-33403');
  const given = [...(await freePorts(2)), ...(await freePorts(2))];
  expect(given.toSorted()).toEqual([33_400, 33_401, 33_402, 33_403]);
  await expect(freePorts(1)).rejects.toMatchObject({ code: 'no-free-port' });
});

test('a port that somebody listens on is not given', async () => {
  vi.stubEnv('DSC_PORTS', '33410-33411');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(33_410, '127.0.0.1', resolve));
  try {
    expect(await freePorts(1)).toEqual([33_411]);
  } finally {
    server.close();
  }
});

test.each(['', 'x', '1-2', '30000', '30001-30000', '60000-70000'])('the range %j', async (range) => {
  vi.stubEnv('DSC_PORTS', range);
  if (range === '') expect((await freePorts(1))[0]).toBeGreaterThanOrEqual(20_000);
  else await expect(freePorts(1)).rejects.toMatchObject({ code: 'bad-ports' });
});
