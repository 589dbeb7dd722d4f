import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { registeredStacks } from '../../src/stack/all-stacks.ts';
import { readCompose } from '../../src/stack/compose/read-compose.ts';
import { findLinks } from '../../src/stack/links.ts';
import { NodeDidNotStart } from '../../src/stack/node-did-not-start.ts';
import { portIsFree } from '../../src/stack/ports.ts';
import { identify } from '../../src/stack/process/processes.ts';
import { ProcessRuntime } from '../../src/stack/process/runtime.ts';
import type { Runtime } from '../../src/stack/runtime.ts';
import { Stack } from '../../src/stack/stack.ts';
import { until } from '../../src/stack/until.ts';
import { laySmallCluster } from '../support/small-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WITHIN_MS = 30_000;
const CRASHING_DSC = new URL('../support/dsc-that-crashes.ts', import.meta.url).pathname;

/** Two small nodes, placed but not started, on a process runtime of their own. */
async function cluster() {
  const folder = await temporaryFolder();
  const { composeFile, ports } = await laySmallCluster(folder);
  const home = join(folder, 'home');
  const runtime = new ProcessRuntime(home);
  onTestFinished(() => new ProcessRuntime(home).remove({}));
  const model = await readCompose(composeFile, { environment: { COMPOSE_PROJECT_NAME: 'small' } });
  const placement = await runtime.place(model, findLinks(model));
  const start = (name: string, mood = '', using = runtime) => {
    const service = model.services.find((candidate) => candidate.name === name)!;
    const environment = { ...service.environment, MOOD: mood };
    return using.start(model, { ...service, environment }, placement);
  };
  const health = (name: string) => healthOf(placement.nodes[name]!);
  const answers = (name: string) =>
    until(() => health(name), { withinMs: WITHIN_MS, what: `${name} to answer` });
  const startAndWait = async (name: string, mood?: string) => {
    await start(name, mood);
    return answers(name);
  };
  return { folder, home, runtime, model, placement, ports, start, startAndWait, health, answers };
}

interface Health {
  id: string;
  pid: number;
  child?: number;
  mood: string;
  args: string[];
}

async function healthOf(url: string): Promise<Health | undefined> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    return (await answer.json()) as Health;
  } catch {
    return undefined;
  }
}

function gone(pid: number): Promise<boolean> {
  return until(() => identify(pid) === undefined, { withinMs: WITHIN_MS, what: `process ${pid} to be gone` });
}

async function linesOf(runtime: Runtime, service: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of runtime.logs(service, {})) lines.push(line.text);
  return lines;
}

/** A process that leads its own group and is none of dsc's. */
async function bystander(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  onTestFinished(() => void child.kill('SIGKILL'));
  return child as ChildProcess & { pid: number };
}

async function occupy(port: number): Promise<Server> {
  const server = createServer((_request, response) => response.end('{"id":"a stranger"}'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

describe('a node', () => {
  test('runs the ENTRYPOINT and command of its image, with its environment', async () => {
    const { runtime, startAndWait } = await cluster();
    expect(await runtime.state('node1')).toEqual({ status: 'absent' });
    const health = await startAndWait('node1', 'calm');
    expect(health).toMatchObject({ id: 'node1', mood: 'calm', args: ['small', 'program'] });
    expect(await runtime.state('node1')).toEqual({ status: 'running' });
    expect(await runtime.states()).toEqual({ node1: { status: 'running' } });
  });

  test('may have an ENTRYPOINT that is neither Node nor Python', async () => {
    const { folder, startAndWait } = await cluster();
    const entrypoint = ['env', 'MOOD=of the image', process.execPath, 'main.ts'];
    await writeFile(join(folder, 'code', 'Dockerfile'), `ENTRYPOINT ${JSON.stringify(entrypoint)}\n`);
    expect(await startAndWait('node1')).toMatchObject({ mood: 'of the image', args: ['small', 'program'] });
  });

  test('that is killed has ended by SIGKILL, and killing it again is no error', async () => {
    const { runtime, startAndWait, health } = await cluster();
    const { pid } = await startAndWait('node1');
    await runtime.kill('node1');
    expect(await runtime.state('node1')).toEqual({ status: 'exited', exitCode: null, signal: 'SIGKILL' });
    expect(await health('node1')).toBeUndefined();
    expect(identify(pid)).toBeUndefined();
    await runtime.kill('node1');
    await runtime.kill('node2');
  });

  test('can be started and killed many times in a row on the same port', async () => {
    const { runtime, startAndWait } = await cluster();
    const pids = new Set<number>();
    for (let round = 0; round < 8; round++) {
      pids.add((await startAndWait('node1')).pid);
      if (round % 2 === 0) await runtime.kill('node1');
    }
    expect(pids.size).toBe(8);
  });

  test('that is paused says nothing, and goes on as it was when resumed', async () => {
    const { runtime, startAndWait, placement, answers } = await cluster();
    const { pid } = await startAndWait('node1');
    await runtime.pause('node1');
    await runtime.pause('node1');
    expect(await runtime.state('node1')).toEqual({ status: 'paused' });
    const waiting = fetch(`${placement.nodes.node1}/health`);
    await runtime.resume('node1');
    expect(await runtime.state('node1')).toEqual({ status: 'running' });
    expect((await waiting).status).toBe(200);
    await runtime.resume('node1');
    expect((await answers('node1')).pid).toBe(pid);
  });

  test('that is paused dies when it is killed', async () => {
    const { runtime, startAndWait } = await cluster();
    const { pid } = await startAndWait('node1');
    await runtime.pause('node1');
    await runtime.kill('node1');
    expect(identify(pid)).toBeUndefined();
  });

  test.each([
    ['', 0],
    ['crashes at the end', 3],
  ])('that is terminated (%s) ends with the exit code it chooses: %i', async (mood, exitCode) => {
    const { runtime, startAndWait } = await cluster();
    await startAndWait('node1', mood);
    const ended = await runtime.terminate('node1', WITHIN_MS);
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.ms).toBeLessThan(WITHIN_MS);
    expect(await runtime.state('node1')).toEqual({ status: 'exited', exitCode, signal: null });
    expect(await runtime.terminate('node1', WITHIN_MS)).toEqual({ exitCode: null, ms: 0 });
  });

  test('that is terminated while paused hears of it all the same', async () => {
    const { runtime, startAndWait } = await cluster();
    await startAndWait('node1');
    await runtime.pause('node1');
    expect((await runtime.terminate('node1', WITHIN_MS)).exitCode).toBe(0);
  });

  test('that ignores SIGTERM is killed when its grace is over', async () => {
    const { runtime, startAndWait } = await cluster();
    await startAndWait('node1', 'stubborn');
    const ended = await runtime.terminate('node1', 300);
    expect(ended.exitCode).toBeNull();
    expect(ended.ms).toBeGreaterThanOrEqual(300);
    expect(await runtime.state('node1')).toEqual({ status: 'exited', exitCode: null, signal: 'SIGKILL' });
    expect(await linesOf(runtime, 'node1')).toContain('node1 was asked to stop');
  });

  test('that ends by itself tells its exit code however soon one asks', async () => {
    const { runtime, start } = await cluster();
    for (let round = 0; round < 5; round++) {
      await start('node1', 'ends at once');
      const asked = async () => Promise.all(Array.from({ length: 30 }, () => runtime.state('node1')));
      const ended = async () => (await asked()).find(({ status }) => status === 'exited');
      const state = await until(ended, { withinMs: WITHIN_MS, everyMs: 0, what: 'node1 to end' });
      expect(state).toEqual({ status: 'exited', exitCode: 7, signal: null });
    }
  });

  test('cannot be slowed down without a container, and dsc says so', async () => {
    const { runtime } = await cluster();
    await expect(runtime.slow('node1')).rejects.toMatchObject({ code: 'needs-containers' });
  });

  test('that cannot be started is an error with its reason', async () => {
    const { folder, runtime, start } = await cluster();
    await rm(join(folder, 'code', 'Dockerfile'));
    await expect(start('node1')).rejects.toMatchObject({ code: 'dockerfile-missing' });
    expect(await runtime.state('node1')).toEqual({ status: 'absent' });
  });

  test('is not started on a port that a stranger has taken since', async () => {
    const { runtime, start, ports } = await cluster();
    await occupy(ports[0]);
    await expect(start('node1')).rejects.toMatchObject({ code: 'port-taken' });
    expect(await runtime.state('node1')).toEqual({ status: 'absent' });
  });
});

describe('a later dsc', () => {
  test('finds, pauses, resumes, terminates and kills what an earlier one started', async () => {
    const { home, startAndWait, health } = await cluster();
    await startAndWait('node1');
    await startAndWait('node2', 'stubborn');
    const later = new ProcessRuntime(home);
    expect(await later.states()).toEqual({ node1: { status: 'running' }, node2: { status: 'running' } });
    await later.pause('node1');
    expect(await new ProcessRuntime(home).state('node1')).toEqual({ status: 'paused' });
    await later.resume('node1');
    expect(await later.state('node1')).toEqual({ status: 'running' });
    expect(await health('node1')).toBeDefined();
    await later.terminate('node1', WITHIN_MS);
    await later.kill('node2');
    expect(await later.states()).toMatchObject({ node1: { status: 'exited' }, node2: { status: 'exited' } });
  });

  test('replaces a node that an earlier one started', async () => {
    const { home, start, startAndWait, answers } = await cluster();
    const before = await startAndWait('node1', 'first');
    await start('node1', 'second', new ProcessRuntime(home));
    expect(await answers('node1')).toMatchObject({ mood: 'second' });
    expect(identify(before.pid)).toBeUndefined();
  });

  test('never touches another process that has got the number of a dead node', async () => {
    const { home, runtime, startAndWait, answers, start } = await cluster();
    await startAndWait('node1');
    await runtime.kill('node1');
    const { pid } = await bystander();
    await writeFile(join(home, 'run', 'node1.json'), JSON.stringify({ pid, startedAt: '1' }));
    const later = new ProcessRuntime(home);
    expect(await later.state('node1')).toMatchObject({ status: 'exited' });
    await later.pause('node1');
    await later.terminate('node1', 100);
    await later.kill('node1');
    await start('node1', '', later);
    await answers('node1');
    await later.remove({});
    expect(identify(pid)).toBeDefined();
  });
});

describe('output', () => {
  test('is kept across restarts, oldest first', async () => {
    const { runtime, startAndWait } = await cluster();
    await startAndWait('node1', 'first');
    await runtime.kill('node1');
    await startAndWait('node1', 'second');
    const lines = await linesOf(runtime, 'node1');
    expect(lines.filter((line) => line.includes('starts'))).toEqual([
      'node1 starts first',
      'node1 starts second',
    ]);
    expect(await linesOf(runtime, 'node2')).toEqual([]);
  });

  test('is followed from before the first start, across restarts and a new stack, until the signal aborts', async () => {
    const { runtime, startAndWait } = await cluster();
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { node, text } of runtime.logs('node1', { follow: true, signal: stop.signal })) {
        expect(node).toBe('node1');
        if (text.includes('starts')) seen.push(text);
      }
    })();
    const saw = (text: string) =>
      until(() => seen.includes(text), { withinMs: WITHIN_MS, what: `the line "${text}"` });
    await startAndWait('node1', 'first');
    await saw('node1 starts first');
    await runtime.kill('node1');
    await startAndWait('node1', 'second');
    await saw('node1 starts second');
    await runtime.remove({});
    await startAndWait('node1', 'third');
    await saw('node1 starts third');
    stop.abort();
    await following;
    expect(seen).toEqual(['node1 starts first', 'node1 starts second', 'node1 starts third']);
  });

  test('that is followed ends at once when the signal was aborted before', async () => {
    const { runtime, startAndWait } = await cluster();
    await startAndWait('node1');
    const lines: string[] = [];
    const options = { follow: true, signal: AbortSignal.abort() };
    for await (const { text } of runtime.logs('node1', options)) lines.push(text);
    for await (const { text } of runtime.logs('node2', options)) lines.push(text);
    expect(lines).toEqual([]);
  });
});

describe('data', () => {
  test('survives a restart, can be read and changed, and is gone after wiping', async () => {
    const { runtime, startAndWait } = await cluster();
    await startAndWait('node1');
    await runtime.kill('node1');
    await startAndWait('node1');
    await runtime.kill('node1');
    const files = await runtime.readData('node1');
    expect([...files.keys()]).toEqual(['starts.log']);
    expect(files.get('starts.log')!.toString()).toBe('started\nstarted\n');
    await runtime.writeData('node1', 'starts.log', Buffer.from([0, 255, 10]));
    await runtime.writeData('node1', 'deep/down.bin', Buffer.from('x'));
    expect(await runtime.readData('node1')).toEqual(
      new Map([
        ['starts.log', Buffer.from([0, 255, 10])],
        [join('deep', 'down.bin'), Buffer.from('x')],
      ]),
    );
    await runtime.wipeData('node1');
    expect(await runtime.readData('node1')).toEqual(new Map());
    await startAndWait('node1');
    expect((await runtime.readData('node1')).get('starts.log')!.toString()).toBe('started\n');
  });

  test('of a node that never ran is empty', async () => {
    const { runtime } = await cluster();
    expect(await runtime.readData('node1')).toEqual(new Map());
  });
});

describe('ports', () => {
  test('are those of the Compose file where they are free', async () => {
    const { placement, ports } = await cluster();
    expect(placement.moved).toEqual([]);
    expect(placement.nodes).toEqual({
      node1: `http://127.0.0.1:${ports[0]}`,
      node2: `http://127.0.0.1:${ports[1]}`,
    });
  });

  test('that are taken are moved, and the links follow', async () => {
    const { runtime, model, ports } = await cluster();
    await occupy(ports[1]);
    const placement = await runtime.place(model, findLinks(model));
    const [moved] = placement.moved;
    expect(placement.moved).toEqual([{ service: 'node2', wanted: ports[1], got: expect.any(Number) }]);
    expect(placement.nodes.node2).toBe(`http://127.0.0.1:${moved!.got}`);
    const link = placement.links.find(({ from }) => from === 'node1')!;
    expect(link).toMatchObject({ to: 'node2', target: placement.nodes.node2 });
    expect(await portIsFree(moved!.got)).toBe(true);
  });
});

describe('removing', () => {
  test('leaves no process, neither paused ones nor children of nodes, and no file', async () => {
    const { home, runtime, model, placement, startAndWait } = await cluster();
    await runtime.startWire(model, placement);
    const one = await startAndWait('node1', 'parent');
    const two = await startAndWait('node2');
    await runtime.pause('node1');
    const wire = JSON.parse(await readFile(join(home, 'run', 'wire.json'), 'utf8')) as { pid: number };
    await runtime.remove({});
    await Promise.all([one.pid, one.child!, two.pid, wire.pid].map(gone));
    expect(await readdir(home)).toEqual([]);
    expect(await runtime.states()).toEqual({});
    await runtime.remove({});
  });

  test('keeps the data when asked to', async () => {
    const { home, runtime, startAndWait } = await cluster();
    await startAndWait('node1');
    await runtime.remove({ keepData: true });
    expect(await readdir(home)).toEqual(['data']);
  });

  test('children of a node do not outlive it: they would keep its port', async () => {
    const { runtime, startAndWait, start, placement } = await cluster();
    const asked = await startAndWait('node1', 'parent');
    await runtime.terminate('node1', WITHIN_MS);
    await gone(asked.child!);
    const crashed = await startAndWait('node1', 'parent');
    await fetch(`${placement.nodes.node1}/crash`).catch(() => undefined);
    await gone(crashed.child!);
    await start('node1', 'parent that dies');
  });
});

describe('a stack', () => {
  beforeEach(async () => {
    vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
  });

  async function lay(project = 'small') {
    const folder = await temporaryFolder();
    const { composeFile, ports } = await laySmallCluster(folder);
    const home = join(folder, 'home');
    onTestFinished(() => new ProcessRuntime(home).remove({}));
    const variables = { COMPOSE_PROJECT_NAME: project };
    return { folder, home, composeFile, ports, variables };
  }

  async function create(project?: string) {
    const laid = await lay(project);
    const runtime = () => new ProcessRuntime(laid.home);
    const stack = await Stack.create({ ...laid, runtime, report: () => {} });
    return { ...laid, stack };
  }

  function reopen(home: string): Promise<Stack | undefined> {
    return Stack.open(home, () => new ProcessRuntime(home));
  }

  async function pidOf(stack: Stack, name: string): Promise<unknown> {
    return (await stack.health(name))?.pid;
  }

  /** Whether node1 can ask node2 something. */
  async function reaches(stack: Stack): Promise<boolean> {
    const answer = await fetch(`${stack.url('node1')}/ask`);
    return (await answer.text()).includes('"id":"node2"');
  }

  test('has its nodes talk through the wire', async () => {
    const { stack } = await create();
    await stack.run(stack.services);
    expect(await reaches(stack)).toBe(true);
    const messages = await stack.wire.messages(0);
    expect(messages).toMatchObject([{ from: 'node1', to: 'node2', path: '/health', outcome: 'answered' }]);
    expect(await stack.status()).toMatchObject([
      { name: 'node1', state: { status: 'running' }, health: { id: 'node1' } },
      { name: 'node2', state: { status: 'running' }, health: { id: 'node2' } },
    ]);
    expect(() => stack.url('node9')).toThrow(expect.objectContaining({ code: 'unknown-node' }));
  });

  test('runs exactly the services asked for, and leaves alone what runs so already', async () => {
    const { stack } = await create();
    await stack.run(['node1', 'node2']);
    const [one, two] = [await pidOf(stack, 'node1'), await pidOf(stack, 'node2')];
    await stack.run(['node1']);
    expect(await pidOf(stack, 'node1')).toBe(one);
    expect(await stack.state('node2')).toMatchObject({ status: 'exited' });
    await stack.run(['node1', 'node2'], { MOOD: 'changed' });
    expect(await stack.health('node1')).toMatchObject({ mood: 'changed' });
    expect(await pidOf(stack, 'node1')).not.toBe(one);
    expect(await pidOf(stack, 'node2')).not.toBe(two);
    const before = await pidOf(stack, 'node1');
    await stack.run(['node1', 'node2'], { MOOD: 'changed' }, { restart: true });
    expect(await pidOf(stack, 'node1')).not.toBe(before);
    expect((await stack.readData('node1')).get('starts.log')!.toString()).toBe('started\n'.repeat(3));
    await stack.run(['node1'], {}, { fresh: true });
    expect((await stack.readData('node1')).get('starts.log')!.toString()).toBe('started\n');
  });

  test('starts a node again with the settings it had, also from a later dsc', async () => {
    const { home, stack } = await create();
    await stack.run(['node1'], { MOOD: 'special' });
    const later = (await reopen(home))!;
    const before = await pidOf(later, 'node1');
    await later.run(['node1'], { MOOD: 'special' });
    expect(await pidOf(later, 'node1')).toBe(before);
    await later.restart('node1');
    expect(await later.health('node1')).toMatchObject({ mood: 'special' });
    await later.restart('node1', { wipe: true, settings: { MOOD: 'other' } });
    expect(await later.health('node1')).toMatchObject({ mood: 'other' });
    expect((await later.readData('node1')).get('starts.log')!.toString()).toBe('started\n');
  });

  test('says what a node printed that ends right after its start', async () => {
    const { stack } = await create();
    const failed = await stack.run(['node1'], { MOOD: 'ends at once' }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(NodeDidNotStart);
    expect(failed).toMatchObject({ node: 'node1', state: { status: 'exited', exitCode: 7 } });
    expect((failed as NodeDidNotStart).output).toContain('the disk is on fire');
  });

  test('is gone when removed: processes, records, registration', async () => {
    const { home, stack } = await create();
    await stack.run(stack.services);
    const pids = [await pidOf(stack, 'node1'), await pidOf(stack, 'node2')] as number[];
    expect((await registeredStacks()).map(({ project }) => project)).toEqual(['small']);
    await stack.faults.kill('node1');
    await stack.remove();
    await Promise.all(pids.map(gone));
    expect(await reopen(home)).toBeUndefined();
    expect(await readdir(home)).toEqual([]);
    expect(await registeredStacks()).toEqual([]);
    expect(await stack.wireAnswers()).toBe(false);
  });

  test('that cannot be made leaves nothing behind', async () => {
    const { folder, home, composeFile, variables } = await lay();
    await rm(join(folder, 'code', 'Dockerfile'));
    const runtime = () => new ProcessRuntime(home);
    const failed = Stack.create({ home, composeFile, variables, runtime, report: () => {} });
    await expect(failed).rejects.toMatchObject({ code: 'dockerfile-missing' });
    expect(await readdir(home)).toEqual([]);
    expect(await registeredStacks()).toEqual([]);
  });

  test('whose wire cannot listen says so at once, with what the wire printed', async () => {
    const { home, composeFile, variables } = await lay();
    class Unlucky extends ProcessRuntime {
      override async place(...args: Parameters<ProcessRuntime['place']>) {
        const placement = await super.place(...args);
        await occupy(placement.links[0]!.listenPort);
        return placement;
      }
    }
    const runtime = () => new Unlucky(home);
    const failed = await Stack.create({ home, composeFile, variables, runtime, report: () => {} }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'wire-failed', why: expect.stringContaining('the port is taken') });
    expect(await registeredStacks()).toEqual([]);
  });

  test('is untouched by what is done to another one', async () => {
    const [one, two] = [await create('one'), await create('two')];
    await one.stack.run(one.stack.services);
    await two.stack.run(two.stack.services);
    await one.stack.faults.isolate('node1');
    expect(await reaches(two.stack)).toBe(true);
    await one.stack.remove();
    expect(await reaches(two.stack)).toBe(true);
    expect((await registeredStacks()).map(({ project }) => project)).toEqual(['two']);
  });

  test('that runs moves a second one of the same Compose file to other ports', async () => {
    const one = await create('one');
    await one.stack.run(one.stack.services);
    const other = await lay('two');
    const two = await Stack.create({
      ...other,
      composeFile: one.composeFile,
      runtime: () => new ProcessRuntime(other.home),
      report: () => {},
    });
    expect(two.placement.moved.map(({ service }) => service)).toEqual(['node1', 'node2']);
    await two.run(two.services);
    expect(await pidOf(two, 'node1')).not.toBe(await pidOf(one.stack, 'node1'));
    expect(await reaches(two)).toBe(true);
  });

  test('does not take the nodes of another stack for its own when it lost the race for a port', async () => {
    const one = await create('one');
    const other = await lay('two');
    const two = await Stack.create({
      ...other,
      composeFile: one.composeFile,
      runtime: () => new ProcessRuntime(other.home),
      report: () => {},
    });
    await one.stack.run(one.stack.services);
    await expect(two.run(two.services)).rejects.toMatchObject({ code: 'port-taken' });
    expect(await pidOf(one.stack, 'node1')).toBeDefined();
  });

  test('that was started by hand is adopted without a wire', async () => {
    const { home, runtime, start, answers, model, ports } = await cluster();
    await start('node1');
    await answers('node1');
    const adopted = await Stack.adopt(home, { composeFile: model.file, variables: {}, runtime });
    expect(adopted.url('node1')).toBe(`http://127.0.0.1:${ports[0]}`);
    expect(await adopted.status()).toMatchObject([
      { name: 'node1', health: { id: 'node1' } },
      { name: 'node2', state: { status: 'absent' } },
    ]);
    expect(await adopted.wireAnswers()).toBe(false);
    await expect(adopted.faults.isolate('node1')).rejects.toMatchObject({ code: 'no-wire' });
    expect(await adopted.faults.ledger()).toEqual([]);
    await adopted.faults.kill('node1');
    await adopted.faults.heal();
    await adopted.restart('node1');
    expect(await adopted.faults.ledger()).toEqual([]);
    await access(join(home, 'stack.json')).then(
      () => expect.unreachable('an adopted stack must not be recorded as dsc own'),
      () => undefined,
    );
  });

  describe('and its ledger of faults', () => {
    const kinds = async (stack: Stack) => (await stack.faults.ledger()).map(({ what }) => what);

    test('enters a fault before it happens and strikes it when it is undone', async () => {
      const { home, composeFile, variables } = await lay();
      const seen: string[] = [];
      const ledgerFile = () => readFile(join(home, 'faults.json'), 'utf8').catch(() => '[]');
      class Watched extends ProcessRuntime {
        override async pause(service: string) {
          seen.push(`pausing: ${(JSON.parse(await ledgerFile()) as unknown[]).length}`);
          await super.pause(service);
        }
        override async resume(service: string) {
          seen.push(`resuming: ${(JSON.parse(await ledgerFile()) as unknown[]).length}`);
          await super.resume(service);
        }
      }
      const runtime = () => new Watched(home);
      const stack = await Stack.create({ home, composeFile, variables, runtime, report: () => {} });
      await stack.run(['node1']);
      await stack.faults.pause('node1');
      expect(await kinds(stack)).toEqual(['node1 paused']);
      expect(await stack.state('node1')).toEqual({ status: 'paused' });
      await stack.faults.resume('node1');
      expect(await kinds(stack)).toEqual([]);
      expect(seen).toEqual(['pausing: 1', 'resuming: 1']);
      expect(await stack.health('node1', WITHIN_MS)).toBeDefined();
    });

    test('forgets faults that cannot be injected', async () => {
      const { stack } = await create();
      await expect(stack.faults.slow('node1', 0.1)).rejects.toMatchObject({ code: 'needs-containers' });
      expect(await kinds(stack)).toEqual([]);
    });

    test('loses no entry of faults injected at the same time, and heals them all', async () => {
      const { stack } = await create();
      await stack.run(stack.services);
      for (let round = 0; round < 5; round++) {
        const { faults } = stack;
        await Promise.all([
          faults.pause('node1'),
          faults.pause('node2'),
          faults.delay(5),
          faults.cut('node1', 'node2'),
        ]);
        expect((await faults.ledger()).length).toBe(4);
        expect(await faults.heal()).toHaveLength(4);
        expect(await faults.ledger()).toEqual([]);
        expect(await stack.state('node1')).toEqual({ status: 'running' });
        expect(await stack.state('node2')).toEqual({ status: 'running' });
      }
      expect(await stack.wire.rules()).toEqual([]);
    });

    test('keeps a fault that is injected while others are healed', async () => {
      const { home, composeFile, variables } = await lay();
      class Interrupted extends ProcessRuntime {
        override async resume(service: string) {
          await super.resume(service);
          if (service === 'node1') await stack.faults.pause('node2');
        }
      }
      const runtime = () => new Interrupted(home);
      const stack = await Stack.create({ home, composeFile, variables, runtime, report: () => {} });
      await stack.run(stack.services);
      await stack.faults.pause('node1');
      await stack.faults.heal();
      expect(await kinds(stack)).toEqual(['node2 paused']);
      await stack.faults.heal();
      expect(await kinds(stack)).toEqual([]);
      expect(await stack.state('node2')).toEqual({ status: 'running' });
    });

    test('knows the dead until they run again, also when all start at the same time', async () => {
      const { stack } = await create();
      await stack.run(stack.services);
      for (let round = 0; round < 3; round++) {
        await Promise.all([stack.faults.kill('node1'), stack.faults.kill('node2')]);
        await stack.faults.heal();
        expect((await kinds(stack)).sort()).toEqual(['node1 killed', 'node2 killed']);
        await stack.run(stack.services);
        expect(await kinds(stack)).toEqual([]);
      }
    });

    test('lets cuts, loss and delays stand side by side until heal', async () => {
      const { stack } = await create();
      await stack.run(stack.services);
      await stack.faults.delay(1, 'node1');
      await stack.faults.loss(0.25, 'node1', 'node2');
      await stack.faults.cut('node1', 'node2');
      const rules = await stack.wire.rules();
      expect(rules.find(({ from }) => from === 'node1')).toMatchObject({ cut: true, loss: 0.25, delayMs: 1 });
      expect(rules.find(({ from }) => from === 'node2')?.cut ?? false).toBe(false);
      expect(await kinds(stack)).toHaveLength(3);
      await stack.faults.heal();
      expect(await reaches(stack)).toBe(true);
      await stack.faults.partition([['node1'], ['node2']]);
      expect((await stack.wire.rules()).filter(({ cut }) => cut)).toHaveLength(2);
      await stack.faults.heal();
      expect(await reaches(stack)).toBe(true);
    });

    test('survives a crash of dsc: a later one finds and heals everything', async () => {
      const { home, composeFile } = await lay();
      const dying = spawn(process.execPath, [CRASHING_DSC, home, composeFile, 'small'], { stdio: 'inherit' });
      const [, signal] = await once(dying, 'exit');
      expect(signal).toBe('SIGKILL');
      const stack = (await reopen(home))!;
      expect(await stack.wireAnswers()).toBe(true);
      expect(await kinds(stack)).toEqual(['node1 isolated', 'node2 paused']);
      expect(await stack.state('node2')).toEqual({ status: 'paused' });
      expect(await stack.faults.heal()).toHaveLength(2);
      expect(await kinds(stack)).toEqual([]);
      expect(await stack.health('node2', WITHIN_MS)).toMatchObject({ mood: 'from before' });
      expect(await reaches(stack)).toBe(true);
      const pids = [await pidOf(stack, 'node1'), await pidOf(stack, 'node2')] as number[];
      expect((await stack.terminate('node1', WITHIN_MS)).ms).toBeLessThan(WITHIN_MS);
      await stack.remove();
      await Promise.all(pids.map(gone));
    });
  });
});
