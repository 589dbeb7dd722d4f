import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCompose } from '../../src/stack/compose/read-compose.ts';
import { DockerRuntime } from '../../src/stack/docker/runtime.ts';
import { httpRequest } from '../../src/stack/http.ts';
import { findLinks } from '../../src/stack/links.ts';
import type { LogLine } from '../../src/stack/runtime.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { until } from '../../src/stack/until.ts';
import { COMPOSE_FILE, DockerProject, NODES, REPOSITORY } from './docker-stack.ts';

/** The classic docker-compose, as a learner would call it beside dsc. */
async function compose(project: DockerProject, ...args: string[]) {
  return execa('docker-compose', ['-f', COMPOSE_FILE, ...args], { env: project.variables, all: true });
}

async function send(stack: Stack, from: string, to: string, data: unknown): Promise<number> {
  const body = JSON.stringify({ to, type: 'echo', data });
  return (await httpRequest('POST', `${stack.url(from)}/send`, { body, timeoutMs: 10_000 })).status;
}

async function collect(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const texts: string[] = [];
  for await (const line of lines) texts.push(line.text);
  return texts;
}

describe('a stack in containers', () => {
  let project: DockerProject;
  let stack: Stack;
  let runtime: DockerRuntime;

  beforeAll(async () => {
    project = await DockerProject.make();
    runtime = project.runtime;
    stack = await project.stack();
  });
  beforeEach(() => stack.run(NODES));
  afterAll(() => project.remove());

  const idOf = async (service: string) => {
    const label = [`dsc.project=${project.project}`, `com.docker.compose.service=${service}`];
    const found = await project.engine.docker.listContainers({ all: true, filters: { label } });
    expect(found).toHaveLength(1);
    return found[0]!.Id;
  };

  test('answers on the ports that the Compose file names', async () => {
    expect(stack.placement.moved).toEqual([]);
    expect(NODES.map((node) => stack.url(node))).toEqual(
      project.ports.map((port) => `http://127.0.0.1:${port}`),
    );
    expect(await stack.health('node2')).toMatchObject({ id: 'node2', status: 'ok' });
  });

  test('sends messages between nodes through the wire', async () => {
    expect(await send(stack, 'node1', 'node2', 'through the wire')).toBe(200);
    const messages = await stack.wire.messages(0);
    expect(messages.filter(({ body }) => body.includes('through the wire'))).toEqual([
      expect.objectContaining({ from: 'node1', to: 'node2', path: '/message', status: 200 }),
    ]);
  });

  test('has every container locked down, on loopback only', async () => {
    const label = [`dsc.project=${project.project}`];
    const all = await project.engine.docker.listContainers({ all: true, filters: { label } });
    expect(all).toHaveLength(4);
    for (const { Id } of all) {
      const { Config, HostConfig, NetworkSettings } = await project.engine.docker.getContainer(Id).inspect();
      expect(Config.User).toBe('10001:10001');
      expect(HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        Init: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        Privileged: false,
      });
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit).toBeGreaterThan(0);
      const published = Object.values(NetworkSettings.Ports).flat().filter(Boolean);
      expect(published.map((port) => port.HostIp)).toEqual(['127.0.0.1']);
    }
  });

  test('is seen by docker-compose, but for the wire', async () => {
    const { stdout: listed } = await compose(project, 'ps');
    for (const node of NODES) expect(listed).toMatch(new RegExp(`${project.project}-${node}-1 .* Up`));
    expect(listed).not.toContain('wire');
    await send(stack, 'node3', 'node1', 'logged');
    const { stdout: logged } = await compose(project, 'logs', '--no-color', 'node3');
    expect(logged).toContain('"node":"node3"');
  });

  test('keeps the containers of nodes that start again unchanged', async () => {
    const before = await idOf('node1');
    await stack.restart('node1');
    expect(await idOf('node1')).toBe(before);
    await stack.start('node1', { ATTEMPT_TIMEOUT_MS: '123' });
    expect(await idOf('node1')).not.toBe(before);
  });

  test('has nodes that can be killed, also when they are paused, and started again', async () => {
    await runtime.kill('node1');
    expect(await runtime.state('node1')).toEqual({ status: 'exited', exitCode: null, signal: 'SIGKILL' });
    await runtime.kill('node1');
    await stack.start('node1');
    await runtime.pause('node1');
    await runtime.kill('node1');
    expect(await runtime.state('node1')).toMatchObject({ status: 'exited' });
    await stack.start('node1');
    expect(await stack.health('node1')).toMatchObject({ id: 'node1' });
  });

  test('has nodes that can be paused and resumed, any number of times', async () => {
    await runtime.pause('node2');
    await runtime.pause('node2');
    expect(await runtime.states()).toMatchObject({
      node1: { status: 'running' },
      node2: { status: 'paused' },
    });
    expect(await stack.health('node2', 300)).toBeUndefined();
    await runtime.resume('node2');
    await runtime.resume('node2');
    expect(await stack.health('node2', 5_000)).toMatchObject({ id: 'node2' });
  });

  test('has nodes that end politely, and that are killed when they do not', async () => {
    await runtime.pause('node1');
    expect(await runtime.terminate('node1', 10_000)).toMatchObject({ exitCode: 0 });
    expect(await runtime.state('node1')).toEqual({ status: 'exited', exitCode: 0, signal: null });
    expect(await runtime.terminate('node1', 10_000)).toEqual({ exitCode: null, ms: 0 });
    const { exitCode, ms } = await runtime.terminate('node2', 0);
    expect(exitCode === null || exitCode === 0).toBe(true);
    expect(ms).toBeLessThan(5_000);
    expect(await runtime.state('node2')).toMatchObject({ status: 'exited' });
  });

  test('has nodes that can be slowed down until they start again', async () => {
    const quota = async () =>
      (await project.engine.docker.getContainer(await idOf('node3')).inspect()).HostConfig.CpuQuota;
    await runtime.slow('node3', 0.1);
    expect(await quota()).toBe(10_000);
    await runtime.slow('node3', 1);
    expect(await quota()).toBe(-1);
    await runtime.slow('node3', 0.2);
    await stack.restart('node3');
    expect(await quota()).toBe(-1);
  });

  test('keeps the output of a node across kills and new containers', async () => {
    for (const word of ['first', 'second', 'third']) {
      expect(await send(stack, 'node1', 'node2', 'hello')).toBe(200);
      await stack.start('node1', { NOTE: word });
    }
    await stack.restart('node1');
    const lines: LogLine[] = [];
    for await (const line of stack.logs('node1')) lines.push(line);
    const sent = lines.filter(({ text }) => text.includes('"event":"send"'));
    expect(sent.length).toBeGreaterThanOrEqual(3);
    expect(lines.every(({ node, at }) => node === 'node1' && Math.abs(Date.now() - at!) < 600_000)).toBe(
      true,
    );
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((a, b) => a! - b!));
  });

  test('lets output be followed across a kill and a new container', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { text } of stack.logs('node2', { follow: true, signal: abort.signal }))
        seen.push(text);
    })();
    const messages = async (word: string) => {
      expect(await send(stack, 'node1', 'node2', word)).toBe(200);
      const count = () => seen.filter((text) => text.includes('"event":"recv"')).length;
      const before = count();
      expect(await send(stack, 'node1', 'node2', word)).toBe(200);
      await until(() => count() > before, { withinMs: 10_000, what: `the line about ${word}` });
    };
    await messages('before');
    await stack.restart('node2');
    await messages('after the kill');
    await stack.start('node2', { NOTE: 'new container' });
    await messages('in the new container');
    abort.abort();
    await following;
    const all = await collect(stack.logs('node2'));
    expect(seen).toEqual(all.slice(0, seen.length));
  });

  test('has data that survive a kill and a new container, and can be read, written and emptied', async () => {
    await runtime.kill('node1');
    await runtime.writeData('node1', 'below/torn.log', Buffer.from('half a li'));
    await stack.start('node1', { NOTE: 'keeps data' });
    await runtime.kill('node1');
    const data = await runtime.readData('node1');
    expect(data.get('below/torn.log')?.toString()).toBe('half a li');
    await runtime.wipeData('node1');
    expect((await runtime.readData('node1')).size).toBe(0);
    await stack.start('node1');
    await runtime.kill('node1');
    expect([...(await runtime.readData('node1')).keys()]).not.toContain('below/torn.log');
  });

  test('lets a node write into its data directory and nowhere else; what it compiled outlives the data', async () => {
    const run = async (code: string) => {
      const node = project.engine.docker.getContainer(await idOf('node1'));
      const exec = await node.exec({ Cmd: ['node', '-e', code], AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({});
      stream.resume();
      await once(stream, 'end');
      return (await exec.inspect()).ExitCode;
    };
    expect(await run('fs.writeFileSync("/data/mine", "x")')).toBe(0);
    expect(await run('fs.writeFileSync("/app/mine", "x")')).not.toBe(0);
    await stack.run(NODES, {}, { fresh: true });
    expect(await run('process.exit(fs.existsSync("/data/mine") ? 1 : 0)')).toBe(0);
    expect(await run('process.exit(fs.readdirSync(process.env.NODE_COMPILE_CACHE).length > 0 ? 0 : 1)')).toBe(
      0,
    );
  });

  test('is found again by another dsc', async () => {
    const later = new DockerRuntime(project.engine, project.project, project.home);
    expect(Object.keys(await later.states()).sort()).toEqual(NODES);
    await later.startWire(stack.model, stack.placement);
    await later.kill('node3');
    expect((await runtime.state('node3')).status).toBe('exited');
  });
});

describe('a project', () => {
  let project: DockerProject;
  beforeEach(async () => {
    project = await DockerProject.make();
  });
  afterEach(() => project.remove());

  test('leaves nothing when it is removed, and its volumes when data are kept', async () => {
    const stack = await project.stack();
    await stack.run(NODES);
    await project.runtime.pause('node1');
    await stack.remove({ keepData: true });
    const kept = await project.leftovers();
    expect(kept.filter((name) => name.includes('_'))).toEqual(
      NODES.map((node) => `${project.project}_${node}-data`),
    );
    expect(kept.some((name) => name.startsWith('/'))).toBe(false);
    await stack.remove();
    expect(await project.leftovers()).toEqual([]);
    await stack.remove();
  });

  test('can be taken down by docker-compose; dsc then removes what is its own', async () => {
    const stack = await project.stack();
    await stack.run(NODES);
    const down = await compose(project, 'down', '-v', '-t', '1');
    expect(down.exitCode).toBe(0);
    expect(await project.runtime.states()).toEqual({});
    const left = (await project.leftovers()).filter((name) => !/-node\d/.test(name));
    const { project: name } = project;
    expect(left).toEqual([`/${name}-wire`, `${name}-compiled`, `${name}-wire`]);
    await project.runtime.remove({});
    expect(await project.leftovers()).toEqual([]);
  });

  test('that docker-compose started is seen, and its nodes can be killed and started', async () => {
    await compose(project, 'up', '-d', '--build');
    const { runtime } = project;
    const model = await readCompose(COMPOSE_FILE, { environment: { ...process.env, ...project.variables } });
    expect(await runtime.states()).toEqual(
      Object.fromEntries(NODES.map((node) => [node, { status: 'running' }])),
    );
    const url = `http://127.0.0.1:${project.ports[0]}/health`;
    const answers = async () =>
      (await httpRequest('GET', url, { timeoutMs: 1_000 }).catch(() => undefined))?.status === 200;
    await until(answers, { withinMs: 20_000, what: 'node1 to answer' });
    await runtime.kill('node1');
    expect(await runtime.state('node1')).toMatchObject({ status: 'exited' });
    await runtime.start(model, model.services[0]!, { nodes: {}, links: [], moved: [] });
    await until(answers, { withinMs: 20_000, what: 'node1 to answer again' });
    await runtime.remove({});
    expect(await project.leftovers()).toEqual([]);
    await execa('docker', ['rmi', ...NODES.map((node) => `${project.project}_${node}`)]);
  });

  test('takes another port where the wanted one is taken, and says so', async () => {
    const [wanted = 0] = project.ports;
    const stranger = createServer().listen(wanted, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const stack = await project.stack();
      await stack.run(['node1']);
      expect(stack.placement.moved).toEqual([
        { service: 'node1', wanted, got: Number(new URL(stack.url('node1')).port) },
      ]);
      expect(await stack.health('node1')).toMatchObject({ id: 'node1' });
    } finally {
      stranger.close();
    }
  });

  test('takes another port where the chosen one is taken before the start', async () => {
    const stack = await project.stack();
    const chosen = Number(new URL(stack.url('node2')).port);
    const stranger = createServer().listen(chosen, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      await stack.run(['node2']);
      expect(stack.placement.moved).toMatchObject([{ service: 'node2', wanted: chosen }]);
      expect(await stack.health('node2')).toMatchObject({ id: 'node2' });
    } finally {
      stranger.close();
    }
  });

  test('with a wire that died gets a new one', async () => {
    const stack = await project.stack();
    const label = [`dsc.project=${project.project}`, 'dsc.role=wire'];
    const [wire] = await project.engine.docker.listContainers({ filters: { label } });
    await project.engine.docker.getContainer(wire!.Id).kill();
    expect(await stack.wireAnswers()).toBe(false);
    await project.runtime.startWire(stack.model, stack.placement);
    expect(await stack.wireAnswers()).toBe(true);
  });

  test('shares one image between services with the same code, and rebuilds it when the code changes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dsc-code-'));
    try {
      await cp(join(REPOSITORY, 'solutions'), folder, { recursive: true });
      await cp(join(REPOSITORY, 'solutions', 'main.ts'), join(folder, 'node_modules', 'never', 'main.ts'));
      const code = { NODE1_CODE: folder, NODE2_CODE: folder };
      const stack = await project.stack(code);
      const image = async (service: string) =>
        (await project.engine.docker.getImage(`${project.project}-${service}`).inspect()).Id;
      expect(await image('node1')).toBe(await image('node2'));
      await stack.run(['node1']);
      const before = await image('node1');
      await writeFile(join(folder, 'extra.ts'), '// something new\n');
      await stack.prepare(() => {});
      expect(await image('node1')).not.toBe(before);
      await stack.restart('node1');
      expect(await stack.health('node1')).toMatchObject({ id: 'node1' });
      await stack.prepare(() => {});
      const filters = { dangling: ['true'], label: [`dsc.project=${project.project}`] };
      expect(await project.engine.docker.listImages({ filters })).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    ['a file that is not there', 'FROM scratch\nCOPY nowhere.ts /\n', 'nowhere.ts'],
    ['an instruction that is none', 'FROM scratch\nFETCH x\n', 'FETCH'],
  ])('whose Dockerfile has %s is explained', async (_, dockerfile, word) => {
    const folder = await mkdtemp(join(tmpdir(), 'dsc-code-'));
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    const variables = { NODE1_CODE: folder, NODE2_CODE: folder, NODE3_CODE: folder };
    const failure = await project.stack(variables).catch((error: unknown) => error);
    await rm(folder, { recursive: true });
    expect(failure).toMatchObject({
      name: 'UserError',
      code: 'build-failed',
      message: 'The image of node1, node2, node3 could not be built.',
      why: expect.stringContaining(word),
    });
    expect(await project.leftovers()).toEqual([]);
  });

  test('without a Dockerfile is explained', async () => {
    const variables = { NODE1_CODE: join(project.home, 'nowhere') };
    await expect(project.stack(variables)).rejects.toMatchObject({ code: 'dockerfile-missing' });
    await project.runtime.remove({});
    expect(await project.leftovers()).toEqual([]);
  });

  test('whose start was interrupted is removed by its labels', async () => {
    const stack = await project.stack();
    const model = stack.model;
    const runtime = project.runtime;
    const starting = NODES.map((_, index) => runtime.start(model, model.services[index]!, stack.placement));
    await new DockerRuntime(project.engine, project.project, project.home).remove({ keepData: true });
    await Promise.allSettled(starting);
    await new DockerRuntime(project.engine, project.project, project.home).remove({});
    expect(await project.leftovers()).toEqual([]);
  });

  test('whose engine is gone is told apart from a fault of the nodes', async () => {
    const { default: Docker } = await import('dockerode');
    const docker = new Docker({ socketPath: join(project.home, 'nobody.sock') });
    const gone = new DockerRuntime({ ...project.engine, docker }, project.project, project.home);
    await expect(gone.states()).rejects.toMatchObject({ name: 'UserError', code: 'docker-gone' });
    const model = await readCompose(COMPOSE_FILE, { environment: project.variables });
    await expect(gone.place(model, findLinks(model))).rejects.toMatchObject({ code: 'docker-gone' });
  });
});
