import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findEngine } from '../../src/stack/docker/engine.ts';
import { engineAddresses } from '../../src/stack/docker/engine-address.ts';

let folder: string;
let environment: Record<string, string>;
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dsc-engine-'));
  environment = { HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run') };
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

/** An engine that can say nothing but its version. */
async function fakeEngine(
  listen: { path: string } | { port: number; host: string },
  components: string[] = [],
) {
  const server = createServer((request, response) => {
    const body = { Version: '1.2.3+extra', Arch: 'amd64', Components: components.map((Name) => ({ Name })) };
    response.writeHead(request.url?.endsWith('/version') ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  servers.push(server);
  await once(server.listen(listen), 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A socket file whose program has died. */
async function deadSocket(path: string): Promise<void> {
  await writeFile(path, '');
}

async function writeContext(name: string, host: string, tls: Record<string, string> = {}): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = join(folder, '.docker', 'contexts');
  await mkdir(join(contexts, 'meta', id), { recursive: true });
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  await writeFile(join(contexts, 'meta', id, 'meta.json'), JSON.stringify(meta));
  if (Object.keys(tls).length > 0) await mkdir(join(contexts, 'tls', id, 'docker'), { recursive: true });
  for (const [file, text] of Object.entries(tls)) {
    await writeFile(join(contexts, 'tls', id, 'docker', file), text);
  }
}

describe('an engine', () => {
  test('is found at the socket that DOCKER_HOST names', async () => {
    const path = join(folder, 'docker.sock');
    await fakeEngine({ path });
    const engine = await findEngine({ ...environment, DOCKER_HOST: `unix://${path}` });
    expect(engine).toMatchObject({
      found: true,
      description: `Docker 1.2.3 at unix://${path}`,
      host: '127.0.0.1',
      isLocal: true,
      architecture: 'amd64',
    });
  });

  test('is found over TCP, and Podman is called Podman', async () => {
    const port = await fakeEngine({ port: 0, host: '127.0.0.1' }, ['Podman Engine']);
    const engine = await findEngine({ ...environment, DOCKER_HOST: `127.0.0.1:${port}` });
    expect(engine).toMatchObject({ description: `Podman 1.2.3 at tcp://127.0.0.1:${port}`, isLocal: true });
  });

  test('is found through DOCKER_CONTEXT before the current context of config.json', async () => {
    const path = join(folder, 'lab.sock');
    await fakeEngine({ path });
    await writeContext('lab', `unix://${path}`);
    await writeContext('other', 'unix:///nowhere.sock');
    await writeFile(join(folder, '.docker', 'config.json'), JSON.stringify({ currentContext: 'other' }));
    expect(await findEngine(environment)).toMatchObject({
      found: false,
      why: 'the Docker context "other" says unix:///nowhere.sock, but there is no such socket',
    });
    expect(await findEngine({ ...environment, DOCKER_CONTEXT: 'lab' })).toMatchObject({ found: true });
  });

  test('that DOCKER_HOST names wins over a context', async () => {
    const path = join(folder, 'docker.sock');
    await fakeEngine({ path });
    const settings = { ...environment, DOCKER_HOST: `unix://${path}`, DOCKER_CONTEXT: 'missing' };
    expect(await findEngine(settings)).toMatchObject({ found: true });
  });

  test('of a context is reached with the TLS files of that context', async () => {
    await writeContext('far', 'tcp://far.example:2376', {
      'ca.pem': 'CA',
      'cert.pem': 'CERT',
      'key.pem': 'KEY',
    });
    const tls = { ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY') };
    expect(await engineAddresses({ ...environment, DOCKER_CONTEXT: 'far' })).toEqual([
      { url: 'tcp://far.example:2376', source: 'the Docker context "far"', tls },
    ]);
  });

  test('without settings is looked for in the usual places', async () => {
    const addresses = (await engineAddresses(environment, 'linux')) as { url: string }[];
    expect(addresses.map(({ url }) => url)).toEqual([
      'unix:///var/run/docker.sock',
      `unix://${folder}/.docker/run/docker.sock`,
      `unix://${folder}/.docker/desktop/docker.sock`,
      `unix://${folder}/run/docker.sock`,
      `unix://${folder}/.colima/default/docker.sock`,
      `unix://${folder}/run/podman/podman.sock`,
      'unix:///run/podman/podman.sock',
    ]);
    expect(await engineAddresses(environment, 'win32')).toContainEqual({
      url: 'npipe:////./pipe/docker_engine',
    });
  });
});

describe('without an engine', () => {
  test('a dead DOCKER_HOST is said so within a second, and nothing else is tried', async () => {
    const began = performance.now();
    const none = await findEngine({ ...environment, DOCKER_HOST: `unix://${folder}/none.sock` });
    expect(none).toMatchObject({
      found: false,
      why: `DOCKER_HOST says unix://${folder}/none.sock, but there is no such socket`,
      fix: 'Start that engine. Or correct DOCKER_HOST.',
    });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('a socket that nobody serves means that the engine is not running', async () => {
    const path = join(folder, 'dead.sock');
    await deadSocket(path);
    const none = await findEngine({ ...environment, DOCKER_HOST: `unix://${path}` });
    expect(none).toMatchObject({ found: false, why: expect.stringContaining('the engine is not running') });
  });

  test('a port that nobody serves means that the engine is not running', async () => {
    const port = await fakeEngine({ port: 0, host: '127.0.0.1' });
    await new Promise((closed) => servers.pop()!.close(closed));
    const none = await findEngine({ ...environment, DOCKER_HOST: `tcp://127.0.0.1:${port}` });
    expect(none).toMatchObject({ found: false, why: expect.stringContaining('the engine is not running') });
  });

  test('a context that does not exist is named, with those that do', async () => {
    await writeContext('lab', 'unix:///lab.sock');
    expect(await findEngine({ ...environment, DOCKER_CONTEXT: 'lob' })).toEqual({
      found: false,
      why: 'DOCKER_CONTEXT names the Docker context "lob", which does not exist (there are: default, lab)',
      fix: 'docker context use default',
    });
  });

  test('an address that is none is explained', async () => {
    const none = await findEngine({ ...environment, DOCKER_HOST: 'unheard://of' });
    expect(none).toMatchObject({
      found: false,
      why: expect.stringContaining('DOCKER_HOST says unheard://of'),
    });
  });
});
