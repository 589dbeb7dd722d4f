import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LANGUAGES, type Language } from '../../src/course/languages.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { pythonEnvironment } from '../../src/stack/process/python.ts';
import { until } from '../../src/stack/until.ts';

let directory: string;
let running: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dsc-solutions-'));
});

afterEach(async () => {
  for (const child of running.filter((each) => each.exitCode === null && each.signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  running = [];
  await rm(directory, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function run(language: Language, folder: string, args: string[], env: Record<string, string>) {
  const python = language === 'python';
  const cwd = packagePath(python ? `python/${folder}` : folder);
  const command = python ? await pythonEnvironment(() => {}) : process.execPath;
  const entry = python ? ['-u', '-m', 'main'] : ['main.ts'];
  const child = spawn(command, [...entry, ...args], {
    cwd,
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
  running.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return { child, stderr: () => stderr };
}

/** Starts a node and waits until it answers. */
async function node(language: Language, folder: string, args: string[]) {
  const port = await freePort();
  const env = { NODE_ID: 'n1', HOST: '127.0.0.1', PORT: String(port), DATA_DIR: join(directory, 'data') };
  const { child, stderr } = await run(language, folder, args, { ...env, PEERS: 'n2=http://127.0.0.1:9' });
  const url = `http://127.0.0.1:${port}`;
  const post = (path: string, body: unknown) =>
    fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
  await until(async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok, {
    withinMs: 20_000,
    what: `${url} to answer`,
  });
  return { child, stderr, url, post };
}

describe.each(LANGUAGES)('the nodes in %s', (language) => {
  it('name the variable that is missing and end with code 2', async () => {
    const { child, stderr } = await run(language, 'solutions', ['messaging'], {
      NODE_ID: 'n1',
      HOST: '127.0.0.1',
    });
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(stderr()).toBe('PORT is missing\n');
  });

  it.each([
    {
      session: '01',
      args: ['messaging'],
      path: '/send',
      body: { to: 'n2', type: 'echo', data: 1 },
      id: 'send',
    },
    { session: '02', args: ['workqueue', 'broker'], path: '/task', body: { data: 1 }, id: 'enqueue' },
  ])('start as the untouched starter of session $session, which says what is missing', async (starter) => {
    const { post, stderr } = await node(language, `starters/session-${starter.session}`, starter.args);
    const answer = await post(starter.path, starter.body);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ error: 'internal', message: `not implemented: ${starter.id}` });
    const stack = `not implemented: ${starter.id}`;
    await until(() => stderr().includes(stack), { withinMs: 10_000, what: `"${stack}" on stderr` });
  });

  it('read the journal that the other language wrote', async () => {
    const other = LANGUAGES.find((each) => each !== language)!;
    const writer = await node(other, 'solutions', ['workqueue', 'broker']);
    await writer.post('/task', { id: 'a', data: { n: 1 } });
    await writer.post('/lease', { worker: 'w' });
    await writer.post('/task/a/complete', { leaseId: 'a:1', result: null });
    await writer.post('/task', { id: 'b', data: null });
    const before = await (await fetch(`${writer.url}/tasks`)).json();
    writer.child.kill('SIGKILL');
    await once(writer.child, 'exit');
    const reader = await node(language, 'solutions', ['workqueue', 'broker']);
    expect(await (await fetch(`${reader.url}/tasks`)).json()).toEqual(before);
    expect(before).toHaveLength(2);
  });
});
