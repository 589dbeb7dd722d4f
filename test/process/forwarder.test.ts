import { createServer, type Server } from 'node:net';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { Forwarder } from '../../solutions/shared/forwarder.ts';
import { Trace } from '../../solutions/shared/trace.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { pythonEnvironment } from '../../src/stack/process/python.ts';

const TIMEOUT_MS = 2_000;

/** A peer that hears a request and hangs up. */
async function peerThatHangsUp(): Promise<{ url: string; heard(): number }> {
  let heard = 0;
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      heard += 1;
      socket.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, heard: () => heard };
}

async function forwardInTypeScript(url: string, method: string): Promise<string> {
  const peers = new Map([['node2', url]]);
  const config = { nodeId: 'node1', host: '127.0.0.1', port: 0, peers, dataDir: '/nowhere', clockSkewMs: 0 };
  const request = {
    method,
    target: '/key',
    params: {},
    query: new URLSearchParams(),
    headers: {},
    body: undefined,
    rawBody: Buffer.from('{"value":1}'),
    clientGone: () => false,
  };
  const forwarder = new Forwarder(config, new Trace('node1'), TIMEOUT_MS);
  return forwarder.forward('node2', request).then(
    () => 'answered',
    ({ status }) => String(status),
  );
}

const IN_PYTHON = `
import asyncio, sys
from shared.config import Config
from shared.forwarder import Forwarder
from shared.http_error import HttpError
from shared.http_server import HttpRequest
from shared.trace import Trace

async def main(url, method):
    config = Config("node1", "127.0.0.1", 0, {"node2": url}, "/nowhere", 0)
    request = HttpRequest(method, "/key", {}, {}, {}, None, b'{"value":1}', lambda: False)
    try:
        await Forwarder(config, Trace("node1"), ${TIMEOUT_MS}).forward("node2", request)
        return "answered"
    except HttpError as error:
        return str(error.status)

print(asyncio.run(main(*sys.argv[1:])))
`;

async function forwardInPython(url: string, method: string): Promise<string> {
  const cwd = packagePath('python', 'solutions');
  const python = await pythonEnvironment(() => {});
  const { stdout } = await execa(python, ['-c', IN_PYTHON, url, method], {
    cwd,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  return stdout.split('\n').at(-1)!;
}

test.each([
  ['TypeScript', 'PUT', forwardInTypeScript],
  ['TypeScript', 'DELETE', forwardInTypeScript],
  ['Python', 'PUT', forwardInPython],
  ['Python', 'DELETE', forwardInPython],
])('a request that may have been done is not sent twice: %s, %s', async (_, method, forward) => {
  const peer = await peerThatHangsUp();
  expect(await forward(peer.url, method)).toBe('504');
  expect(peer.heard()).toBe(1);
});
