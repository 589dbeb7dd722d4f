import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { writeLastRun } from '../../src/course/last-run.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { scaffold } from '../../src/course/scaffold.ts';
import { availableSessions, loadLesson } from '../../src/course/sessions.ts';
import { createWorkspace } from '../../src/course/workspace.ts';
import { loadChecks } from '../../src/verify/load-checks.ts';
import { SOURCE, writeTree } from '../support/course-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const bin = packagePath('bin', 'dsc.js');
const HEAVY = ['dockerode', 'undici', 'execa', 'inquirer', 'ora', 'ws', 'diff'];

interface Run {
  stdout: string;
  stderr: string;
  exitCode?: number | undefined;
}

/** The environment without what the one who runs the tests wishes about colour. */
const { NO_COLOR: _no, FORCE_COLOR: _force, ...UNCOLOURED } = process.env;

/** Runs the real program as a user would who has no terminal. */
function dsc(words: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Run> {
  return execa(process.execPath, [bin, ...words], {
    cwd,
    env: { ...UNCOLOURED, ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}

/** A workspace with session 1 started, without any node: with the course's starter, or a small one from a fixture. */
async function workspaceOfSession1(starter: 'course' | 'fixture' = 'fixture'): Promise<string> {
  const workspace = await createWorkspace(join(await temporaryFolder(), 'course'), ['typescript']);
  const fixture = await temporaryFolder();
  await writeTree(fixture, SOURCE);
  const options = starter === 'fixture' ? { source: fixture } : {};
  await scaffold(workspace, await loadLesson(1), ['typescript'], options);
  return workspace;
}

async function packagesLoadedBy(words: readonly string[], cwd: string): Promise<string[]> {
  const file = join(await temporaryFolder(), 'loaded.json');
  await execa(
    process.execPath,
    ['--import', packagePath('test/support/loaded-packages.mjs'), bin, ...words],
    {
      cwd,
      env: { LOADED_PACKAGES: file },
      reject: false,
    },
  );
  return JSON.parse(await readFile(file, 'utf8'));
}

test.each(['--version', '-V'])('%s is answered without loading anything', async (word) => {
  const folder = await temporaryFolder();
  const { version } = JSON.parse(await readFile(packagePath('package.json'), 'utf8'));
  expect(await dsc([word], folder)).toMatchObject({ stdout: version, exitCode: 0 });
  expect(await packagesLoadedBy([word], folder)).toEqual([]);
});

test('list shows all sessions, and the first thing to type', async () => {
  const { stdout, exitCode } = await dsc(['list'], await temporaryFolder());
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/ 1 {2}Nobody answers\n/);
  expect(stdout).toMatch(/10 {2}A store you can trust\n/);
  expect(stdout).toMatch(/Next: dsc start session-1$/);
});

test('list --json is for programs', async () => {
  const { stdout } = await dsc(['list', '--json'], await workspaceOfSession1());
  const { sessions } = JSON.parse(stdout);
  expect(sessions).toHaveLength(10);
  expect(sessions[0]).toMatchObject({ number: 1, available: true, state: 'started', current: true });
  expect(sessions[9]).toMatchObject({ number: 10, available: true, state: 'open' });
});

test('dsc alone, without a terminal, asks nothing and says what to type', async () => {
  const { stdout, exitCode } = await dsc([], await workspaceOfSession1());
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Nobody answers.*Next: dsc verify$/s);
});

test('colour only where it is asked for', async () => {
  const workspace = await workspaceOfSession1();
  const colour = String.fromCharCode(27);
  expect((await dsc(['list'], workspace)).stdout).not.toContain(colour);
  expect((await dsc(['list'], workspace, { FORCE_COLOR: '1' })).stdout).toContain(colour);
  expect((await dsc(['list'], workspace, { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain(colour);
});

test('an unknown command is wrong use, with the one that was meant', async () => {
  const { stdout, stderr, exitCode } = await dsc(['verfy'], await temporaryFolder());
  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: '',
    stderr: "✖ Unknown command 'verfy'.\n  Fix: Did you mean verify?",
    exitCode: 2,
  });
});

test('with --json an error is JSON on stderr', async () => {
  const { stdout, stderr, exitCode } = await dsc(['progress', '--json'], await temporaryFolder());
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(JSON.parse(stderr).error).toMatchObject({
    code: 'no-workspace',
    fix: expect.stringContaining('dsc start'),
  });
});

test('a session that does not exist is refused in one clear error', async () => {
  const folder = await temporaryFolder();
  const { stderr, exitCode } = await dsc(['start', 'session-11'], folder);
  expect(stderr).toMatch(/^✖ There is no session 11\.\n {2}Why: [^\n]*10\.\n {2}Fix: [^\n]*$/);
  expect(exitCode).toBe(2);
});

test('help ends with the exit codes, and every command has its own', async () => {
  const folder = await temporaryFolder();
  expect((await dsc(['--help'], folder)).stdout).toMatch(/Exit codes:\n {2}0 +good/);
  const { stdout, exitCode } = await dsc(['start', '--help'], folder);
  expect(stdout).toContain('Example:\n  dsc start session-1 --lang py');
  expect(exitCode).toBe(0);
});

test('hint is first a nudge, then also where to look, for the check that failed first', async () => {
  const workspace = await workspaceOfSession1();
  const [, second] = await loadChecks(1);
  expect(await dsc(['hint'], workspace)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('dsc verify'),
  });
  await writeLastRun(workspace, { session: 1, firstFailing: second!.id });
  const [nudge, place] = second!.hints;
  const once = await dsc(['hint'], workspace);
  expect(once.stdout).toContain(nudge);
  expect(once.stdout).not.toContain(place);
  expect((await dsc(['hint', second!.id], workspace)).stdout).toContain(place);
  expect(JSON.parse((await dsc(['progress', '--json'], workspace)).stdout).sessions[0].hints).toEqual({
    [second!.id]: 2,
  });
  expect((await dsc(['hint', 'no-such'], workspace)).stderr).toContain(second!.id);
});

test('reset asks, and without a terminal needs --yes; then it says where the old files are', async () => {
  const workspace = await workspaceOfSession1('course');
  const file = join(workspace, 'typescript/messaging/retry.ts');
  const starter = await readFile(file, 'utf8');
  await writeFile(file, '// mine\n');
  expect(await dsc(['reset'], workspace)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--yes'),
  });
  expect(await readFile(file, 'utf8')).toBe('// mine\n');
  const { stdout, exitCode } = await dsc(['reset', '--yes'], join(workspace, 'typescript'));
  expect(exitCode).toBe(0);
  const backup = /Your files are in (.*)/.exec(stdout)?.[1];
  expect(await readFile(join(backup!, 'typescript/messaging/retry.ts'), 'utf8')).toBe('// mine\n');
  expect(await readFile(file, 'utf8')).toBe(starter);
});

test('solution --diff shows the way from the own files to the complete ones, and touches none', async () => {
  const workspace = await workspaceOfSession1('course');
  const file = join(workspace, 'typescript/messaging/retry.ts');
  const starter = await readFile(file, 'utf8');
  const { stdout, exitCode } = await dsc(['solution', '--diff'], workspace);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('--- typescript/messaging/retry.ts (yours)');
  expect(stdout).toMatch(/^-.*not implemented: backoff/m);
  const folder = /The solution of session 1 is in (.*)/.exec(stdout)?.[1];
  const solution = await readFile(join(folder!, 'typescript/messaging/retry.ts'), 'utf8');
  expect(solution).not.toContain('not implemented');
  expect(await readFile(file, 'utf8')).toBe(starter);
  await writeFile(file, solution);
  expect((await dsc(['solution', '--diff'], workspace)).stdout).not.toContain('messaging/retry.ts');
});

test('solution --out writes over nothing', async () => {
  const workspace = await workspaceOfSession1('course');
  const refused = await dsc(['solution', '--out', '.'], workspace);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not empty') });
  await dsc(['solution', '--out', 'answers', '--lang', 'mixed'], workspace);
  await expect(readFile(join(workspace, 'answers/typescript/messaging/retry.ts'))).resolves.toBeTruthy();
  await expect(readFile(join(workspace, 'answers/python/messaging/retry.py'))).resolves.toBeTruthy();
});

test.each(['bash', 'zsh', 'fish'])('completion %s knows commands, sessions and options', async (shell) => {
  const { stdout } = await dsc(['completion', shell], await temporaryFolder());
  for (const word of ['verify', 'session-2', '--watch', 'partition']) expect(stdout).toContain(word);
});

test('the script for bash completes', async () => {
  const { stdout: script } = await dsc(['completion', 'bash'], await temporaryFolder());
  const complete = (words: string, index: number) =>
    `COMP_WORDS=(${words}); COMP_CWORD=${index}; _dsc; echo "\${COMPREPLY[*]}"`;
  const probe = `${script}\n${complete('dsc ver', 1)}\n${complete('dsc start session-', 2)}`;
  const { stdout } = await execa('bash', ['-c', probe]);
  const sessions = (await availableSessions()).map((session) => `session-${session}`);
  expect(stdout.split('\n')).toEqual(['verify', sessions.join(' ')]);
});

test.each([[['list']], [['progress']], [['--help']], [['verify', '--help']], [[]]])(
  'dsc %j loads none of the heavy packages',
  async (words) => {
    const loaded = await packagesLoadedBy(words, await workspaceOfSession1());
    expect(loaded).toContain('chalk');
    expect(loaded.filter((name) => HEAVY.includes(name))).toEqual([]);
  },
);

test('hint, with all checks of a session, loads none of the heavy packages', async () => {
  const workspace = await workspaceOfSession1();
  await writeLastRun(workspace, { session: 1, firstFailing: (await loadChecks(1))[0]!.id });
  const loaded = await packagesLoadedBy(['hint'], workspace);
  expect(loaded.filter((name) => HEAVY.includes(name))).toEqual([]);
});

test('a reader that goes away is no error', async () => {
  const { stderr, exitCode } = await execa(
    'bash',
    ['-c', `"${process.execPath}" "${bin}" --help | head -1; exit \${PIPESTATUS[0]}`],
    {
      reject: false,
    },
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

const OLD = ['--import', "data:text/javascript,Object.defineProperty(process,'version',{value:'v20.1.0'})"];

test('a Node that is too old is told in one line', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'bin'));
  await copyFile(bin, join(folder, 'bin/dsc.js'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const result = await execa(process.execPath, [...OLD, join(folder, 'bin/dsc.js'), 'list'], {
    reject: false,
  });
  expect(result).toMatchObject({ exitCode: 3, stdout: '' });
  expect(result.stderr).toMatch(/^dsc needs Node\.js 22\.19 or newer; this is v20\.1\.0\.[^\n]*$/);
});

test('in a checkout the pinned Node takes over from one that is too old', async () => {
  const result = await execa(process.execPath, [...OLD, bin, 'lst'], { reject: false });
  expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Did you mean list?') });
});
