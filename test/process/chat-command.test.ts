import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deriveTree } from '../../src/course/derive-tree.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { writeTree } from '../../src/course/write-tree.ts';
import { until } from '../../src/stack/until.ts';
import { dsc, json, TEST_ENVIRONMENT } from '../support/dsc.ts';

const WITHIN_MS = 30_000;
let workspace = '';

beforeAll(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'dsc-chat-command-')));
  const start = ['start', 'session-7', '--dir', workspace, '--yes', '--runtime', 'process', '--json'];
  expect(json(await dsc(start, '/')).nodes).toMatchObject({
    chat1: expect.any(String),
    chat2: expect.any(String),
  });
  await writeTree(
    join(workspace, 'typescript'),
    await deriveTree('typescript', { session: 7, kind: 'snapshot' }),
  );
  expect((await dsc(start, '/')).exitCode).toBe(0);
});

afterAll(async () => {
  await dsc(['stop'], workspace);
  await rm(workspace, { recursive: true });
});

/** `dsc chat`, as another program uses it. */
function chat(...words: string[]) {
  const child = spawn(process.execPath, [packagePath('bin', 'dsc.js'), 'chat', ...words], {
    cwd: workspace,
    env: { ...process.env, ...TEST_ENVIRONMENT },
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const shows = (text: string) =>
    until(() => (stdout + stderr).includes(text), {
      withinMs: WITHIN_MS,
      what: `"${text}" in ${stdout}${stderr}`,
    });
  const say = (line: string) => child.stdin.write(`${line}\n`);
  return { child, ended, say, shows, stdout: () => stdout };
}

test('two talk at two servers; one of them stays while its server dies and comes back', async () => {
  const alice = chat('--user', 'alice', '--room', 'general');
  const bob = chat('--user', 'bob', '--room', 'general', '--node', 'chat2');
  await alice.shows('bob is here');
  await bob.shows('you are in "general"');
  alice.say('hello');
  await bob.shows('#1 alice: hello');
  bob.say('one \u001b[31mred\u001b[0m line');
  await alice.shows('#2 bob: one  [31mred [0m line');
  await dsc(['chaos', 'kill', 'chat2'], workspace);
  await bob.shows('disconnected');
  bob.say('said into the void');
  await dsc(['chaos', 'restart', 'chat2'], workspace);
  await alice.shows('#3 bob: said into the void');
  await bob.shows('#3 bob: said into the void');
  bob.child.kill('SIGINT');
  expect(await bob.ended).toBe(0);
  await alice.shows('bob is gone');
  alice.child.stdin.end();
  expect(await alice.ended).toBe(0);
  expect(alice.stdout().split('\n').filter(Boolean)).toHaveLength(3);
});

test('what comes from a program is said to its end, and each event is a line of JSON', async () => {
  const program = chat('--user', 'program', '--room', 'elsewhere', '--json');
  for (const n of [1, 2, 3]) program.say(`line ${n}`);
  program.child.stdin.end();
  expect(await program.ended).toBe(0);
  const events = program
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const messages = events.filter(({ event }) => event === 'message');
  expect(messages.map(({ sequenceNumber, content }) => [sequenceNumber, content])).toEqual([
    [1, 'line 1'],
    [2, 'line 2'],
    [3, 'line 3'],
  ]);
  expect(events).toContainEqual({ event: 'presence', userId: 'program', status: 'online' });
  expect(events).toContainEqual({ event: 'status', state: 'joined' });
});

test('who uses it wrongly is told how to use it', async () => {
  const unknown = await dsc(['chat', '--user', 'a', '--room', 'b', '--node', 'chat9'], workspace);
  expect([unknown.exitCode, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('This stack has chat1, chat2.'),
  ]);
  const missing = await dsc(['chat', '--user', 'a'], workspace);
  expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('--room')]);
  const long = await dsc(['chat', '--user', 'a'.repeat(129), '--room', 'b'], workspace);
  expect([long.exitCode, long.stderr]).toEqual([2, expect.stringContaining('Choose a name')]);
});
