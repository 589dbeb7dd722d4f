import { readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';
import { until } from '../../src/stack/until.ts';
import { dsc, json, TEST_ENVIRONMENT } from '../support/dsc.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const START = ['start', 'session-1', '--runtime', 'process', '--yes'];
const LONG = 60_000;

/** A dsc that runs until the test ends or stops it; what it prints is collected. */
function running(words: readonly string[], cwd: string) {
  const child = execa(process.execPath, [packagePath('bin', 'dsc.js'), ...words], {
    cwd,
    env: TEST_ENVIRONMENT,
    reject: false,
    stdin: 'ignore',
    all: true,
  });
  let output = '';
  child.all.on('data', (text) => {
    output += text;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = (text: string) =>
    until(() => output.includes(text), { withinMs: LONG, what: `"${text}" in: ${output}` });
  return { child, printed };
}

/** Processes that work in a folder: the nodes of a workspace. */
function processesBelow(folder: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

async function startedWorkspace(): Promise<string> {
  const workspace = join(await temporaryFolder(), 'course');
  expect((await dsc([...START, '--dir', workspace], '/tmp')).exitCode).toBe(0);
  onTestFinished(async () => void (await dsc(['stop'], workspace)));
  return workspace;
}

for (const step of ['laying the files', 'starting the wire', 'starting node1']) {
  test(`Ctrl-C at "${step}" leaves nothing running, and the next start works`, async () => {
    const workspace = join(await temporaryFolder(), 'course');
    const { child, printed } = running([...START, '--dir', workspace], '/tmp');
    await printed(step);
    child.kill('SIGINT');
    const { exitCode, all } = await child;
    expect(exitCode).toBe(130);
    expect(all).toContain('Interrupted');
    expect(processesBelow(workspace)).toEqual([]);
    expect((await dsc([...START, '--dir', workspace], '/tmp')).exitCode).toBe(0);
    expect((await dsc(['stop'], workspace)).exitCode).toBe(0);
    expect(processesBelow(workspace)).toEqual([]);
  });
}

test('Ctrl-C in a verify heals what it broke and leaves the nodes of start running', async () => {
  const workspace = await startedWorkspace();
  const { child, printed } = running(['verify', '--all'], workspace);
  await printed('A message reaches its peer');
  child.kill('SIGINT');
  expect((await child).exitCode).toBe(130);
  const { nodes, faults } = json(await dsc(['status', '--json'], workspace));
  expect(faults).toEqual([]);
  expect(nodes.map((node: any) => node.state.status)).toEqual(['running', 'running', 'running']);
});

test('Ctrl-C in a terminal ends a verify in the middle of a check', async () => {
  const workspace = await startedWorkspace();
  const words = [
    process.execPath,
    packagePath('bin', 'dsc.js'),
    'verify',
    '--solution',
    '--only',
    'growing-pauses',
  ];
  const command = `stty columns 100 && exec ${words.join(' ')} --runtime process`;
  const terminal = execa('script', ['-qec', command, '/dev/null'], {
    cwd: workspace,
    env: { ...TEST_ENVIRONMENT, TERM: 'xterm' },
    reject: false,
    all: true,
  });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  let output = '';
  terminal.all.on('data', (text) => {
    output += text;
  });
  const printed = (text: string) =>
    until(() => output.includes(text), { withinMs: LONG, what: `"${text}" in: ${output}` });
  await printed('The pauses between attempts');
  terminal.stdin.write('\x03');
  await printed('Interrupted');
  expect((await terminal).exitCode).toBe(130);
});

test('a second dsc in the same workspace is told about the first', async () => {
  const workspace = await startedWorkspace();
  const { child, printed } = running(['verify', '--watch'], workspace);
  await printed('Session 1');
  const second = await dsc(['verify'], workspace);
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toContain(`process ${child.pid}`);
  child.kill('SIGINT');
  await child;
  expect((await dsc(['verify', '--only', 'says-it-is-there'], workspace)).exitCode).toBe(0);
});

test('what a killed dsc left paused is resumed by doctor', async () => {
  const workspace = await startedWorkspace();
  await dsc(['chaos', 'pause', 'node2'], workspace);
  const doctor = await dsc(['doctor'], workspace);
  expect(doctor.stdout).toContain('undone: node2 paused');
  const { nodes, faults } = json(await dsc(['status', '--json'], workspace));
  expect(faults).toEqual([]);
  expect(nodes[1].state.status).toBe('running');
});

test('a port that is taken is moved and reported', async () => {
  const workspace = join(await temporaryFolder(), 'course');
  const neighbour = createServer();
  await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void neighbour.close());
  const { port } = neighbour.address() as { port: number };
  const started = await dsc([...START, '--dir', workspace], '/tmp', { NODE2_PORT: String(port) });
  expect(started.stdout).toMatch(new RegExp(`Port ${port} is taken, so node2 listens on \\d+`));
  expect(json(await dsc(['call', 'node2', 'GET', '/health', '--json'], workspace)).status).toBe(200);
  await dsc(['stop'], workspace);
});

test('code that does not start is reported with the line that says why, and verify explains it', async () => {
  const workspace = await startedWorkspace();
  const { appendFile } = await import('node:fs/promises');
  await appendFile(join(workspace, 'typescript', 'messaging', 'inbox.ts'), '\nconst broken: = 1;\n');
  const again = await dsc(START, workspace);
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toMatch(/ended right after its start[\s\S]*SyntaxError/);
  const verified = await dsc(['verify'], workspace);
  expect(verified.exitCode).toBe(1);
  expect(verified.stdout).toContain('starts and answers GET /health');
});

test('verify speaks JUnit, TAP and JSON, and the same seed gives the same checks', async () => {
  const workspace = await startedWorkspace();
  const only = ['--only', 'says-it-is-there', '--seed', '7'];
  const junit = await dsc(['verify', ...only, '--reporter', 'junit'], workspace);
  expect(junit.stdout).toMatch(/<testsuite name="dsc session 1" tests="1" failures="0" errors="0"/);
  const tap = await dsc(['verify', ...only, '--reporter', 'tap'], workspace);
  expect(tap.stdout).toMatch(/^TAP version 14\n1\.\.1\nok 1 - /);
  const result = json(await dsc(['verify', ...only, '--json'], workspace));
  expect(result).toMatchObject({ session: 1, seed: 7, verdict: 'pass' });
});

test('chaos says what it did, and refuses what makes no sense', async () => {
  const workspace = await startedWorkspace();
  expect((await dsc(['chaos', 'partition', 'node1|node2,node3'], workspace)).stdout).toContain(
    'no message crosses',
  );
  expect(json(await dsc(['status', '--json'], workspace)).faults).toHaveLength(1);
  expect((await dsc(['chaos', 'delay', '100ms', 'node1', '--for', '50ms'], workspace)).stdout).toContain(
    'Undone',
  );
  expect(json(await dsc(['status', '--json'], workspace)).faults).toEqual([]);
  expect((await dsc(['chaos', 'kill-leader'], workspace)).stderr).toContain('no leader');
  expect((await dsc(['chaos', 'explode'], workspace)).exitCode).toBe(2);
  expect((await dsc(['chaos', 'loss', '400%'], workspace)).exitCode).toBe(2);
  expect((await dsc(['chaos', 'kill', 'node9'], workspace)).exitCode).toBe(2);
  const random = await dsc(['chaos', 'random', '--seed', '3', '--for', '2s'], workspace);
  expect(random.stdout).toMatch(/for \d\.\d s/);
  const { nodes, faults } = json(await dsc(['status', '--json'], workspace));
  expect(faults).toEqual([]);
  expect(nodes.map((node: any) => node.state.status)).toEqual(['running', 'running', 'running']);
});
