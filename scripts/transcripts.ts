/**
 * Runs what the book shows: each of `book/transcripts/` in a fresh cluster of the complete solution, as processes.
 *   node scripts/transcripts.ts [--check] [--lang ts|py] [--every n] [name...]
 * `--every 2` takes a half of them, on each day the other one.
 * Renews the outputs that changed; with `--check` a changed one is an error. Durations, times, ids and ports are not compared.
 */
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { readTranscripts } from '../src/book/sources.ts';
import { fileOf, mask, type Transcript, writeTranscript } from '../src/book/transcript.ts';
import { portVariable } from '../src/course/compose-folder.ts';
import { packagePath } from '../src/course/package-root.ts';
import { availableSessions, loadLesson } from '../src/course/sessions.ts';
import { writeSolution } from '../src/verify/write-solution.ts';
import { sideBySide } from './side-by-side.ts';
import { todaysShare } from './todays-share.ts';

/** No command of the book takes longer, ms. */
const COMMAND_WITHIN_MS = 60_000;

const { values: args, positionals } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    lang: { type: 'string', default: 'ts' },
    every: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const available = await availableSessions();
// A session that is being written is not run yet.
const all = [...(await readTranscripts()).values()].filter(({ session }) => available.includes(session));
const named = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const chosen = todaysShare(named, Number(args.every));
let stale = 0;
await sideBySide(chosen, renew);
console.log(`${chosen.length} transcripts run, ${stale} ${args.check ? 'differ' : 'renewed'}`);
process.exitCode = args.check && stale > 0 ? 1 : 0;

async function renew(transcript: Transcript): Promise<void> {
  const outputs = await runTranscript(transcript);
  const changed = transcript.steps.flatMap((step, index) => {
    const output = outputs[index]!;
    return step.shown && mask(output) !== mask(step.output) ? { step, output } : [];
  });
  if (changed.length === 0) return;
  stale++;
  for (const { step, output } of changed) {
    if (args.check) report(transcript, step.line, step.command, step.output, output);
    step.output = output;
  }
  if (!args.check) await writeFile(packagePath(fileOf(transcript.name)), writeTranscript(transcript));
}

function report({ name }: Transcript, line: number, command: string, book: string, now: string): void {
  console.error(
    `${fileOf(name)}:${line}: ${command}\n  the book shows:\n${book}\n  it prints (${args.lang}):\n${now}\n`,
  );
}

/** @returns what each step printed */
async function runTranscript({ name, session, steps }: Transcript): Promise<string[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `dsc-transcript-${name}-`)));
  const workspace = join(folder, 'dsc-course');
  const ports = await defaultPorts(session);
  const anyPorts = Object.fromEntries([...ports.keys()].map((service) => [portVariable(service), '0']));
  const PATH = [await toolFolder(folder), process.env.PATH].join(delimiter);
  const env = { ...anyPorts, PATH, NO_COLOR: '1' };
  const shells: number[] = [];
  const run = (command: string, cwd: string) => {
    const shell = execa('sh', ['-c', command], {
      cwd,
      env,
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: COMMAND_WITHIN_MS,
      // Each in a process group of its own, to find what it leaves running.
      detached: true,
    });
    if (shell.pid !== undefined) shells.push(shell.pid);
    return shell;
  };
  const must = async (command: string, cwd: string) => {
    const { exitCode, all } = await run(command, cwd);
    if (exitCode !== 0) throw new Error(`${name}: ${command} ended with ${exitCode}:\n${all}`);
  };
  const start = `dsc start session-${session} --lang ${args.lang} --runtime process --dir ${workspace} --yes`;
  try {
    await must(start, folder);
    await writeSolution(workspace, session);
    await must(start, folder);
    const { stdout } = await run('dsc status --json', workspace);
    const { nodes } = JSON.parse(stdout) as { nodes: { name: string; url: string }[] };
    const real = new Map(nodes.map(({ name, url }) => [ports.get(name)!, new URL(url).port]));
    const outputs: string[] = [];
    for (const { command, shown } of steps) {
      const typed = replacePorts(command, real);
      if (!shown) await must(typed, workspace);
      const output = shown ? (await run(typed, workspace)).all.trimEnd() : '';
      const back = new Map([...real].map(([wanted, got]) => [got, wanted]));
      outputs.push(replacePorts(output, back).replaceAll(workspace, 'dsc-course'));
    }
    return outputs;
  } finally {
    await run('dsc stop', workspace);
    for (const shell of shells) endGroup(shell);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ends what a command has left running in the background, such as a client that listens. */
function endGroup(shell: number): void {
  try {
    process.kill(-shell, 'SIGKILL');
  } catch {
    // Nothing was left.
  }
}

function replacePorts(text: string, ports: ReadonlyMap<string, string>): string {
  return text.replace(
    /\b(localhost|127\.0\.0\.1):(\d+)/g,
    (_, host, port) => `${host}:${ports.get(port) ?? port}`,
  );
}

/** The ports of the Compose file, by service: a learner's, when none is taken. */
async function defaultPorts(session: number): Promise<Map<string, string>> {
  const { stack } = await loadLesson(session);
  const text = await readFile(packagePath('compose', stack, 'docker-compose.yml'), 'utf8');
  return new Map(
    [...text.matchAll(/\$\{([A-Z0-9_]+)_PORT:-(\d+)\}/g)].map(([, name, port]) => [
      name!.toLowerCase(),
      port!,
    ]),
  );
}

/** `dsc` for the shell. */
async function toolFolder(folder: string): Promise<string> {
  const file = join(folder, 'bin', 'dsc');
  await execa('mkdir', ['-p', dirname(file)]);
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" "${packagePath('bin', 'dsc.js')}" "$@"\n`);
  await chmod(file, 0o755);
  return dirname(file);
}
