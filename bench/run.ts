/**
 * Measures what product decisions rest on, as ratios within one run wherever there is something to compare with.
 *   node bench/run.ts [start-up] [stack] [watch] [verify] [chat] [raft] [linearizability] [book] [live]     (nothing named: all)
 * DSC_BENCH_CHAOS_S=60 shortens the ten minutes of random faults of `live`, DSC_BENCH_PAIRS=3 its comparisons.
 * Renews the sections of bench/RESULTS.md for what was measured, and leaves the others as they are.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../src/course/package-root.ts';
import { availableSessions } from '../src/course/sessions.ts';
import { findEngine } from '../src/stack/docker/engine.ts';
import { until } from '../src/stack/until.ts';
import { writeSolution } from '../src/verify/write-solution.ts';
import { median } from './median.ts';

const DSC = packagePath('bin/dsc.js');
const RESULTS = packagePath('bench/RESULTS.md');
const engine = await findEngine(process.env);
const runtimes = engine.found ? ['process', 'docker'] : ['process'];
const wanted = process.argv.slice(2);
/** Of the part that is being measured. */
let rows: string[] = [];
const parts: Record<string, () => Promise<void>> = {
  'start-up': startUp,
  stack,
  watch,
  verify,
  chat,
  raft,
  linearizability,
  book,
  live,
};
const unheardOf = wanted.find((name) => !Object.hasOwn(parts, name));
if (unheardOf) throw new Error(`There is no part ${unheardOf}: there are ${Object.keys(parts).join(', ')}.`);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  rows = [];
  await measure();
  const section = describe(name);
  console.log(section);
  await renew(name, section);
}

/** A section of the results: on which machine, and what was measured. */
function describe(part: string): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const docker = engine.found ? engine.description.split(' at ')[0] : 'no Docker';
  return [
    `## ${part}`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.version}, ${docker}.`,
    '',
    '| what | measured | budget |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Puts a section in the place of the one that was there, in the order of the parts. */
async function renew(part: string, section: string): Promise<void> {
  const [title = '', ...present] = (await readFile(RESULTS, 'utf8')).split(/^(?=## )/m);
  const sections = new Map(present.map((text) => [text.slice(3, text.indexOf('\n')), text]));
  sections.set(part, section);
  const inOrder = Object.keys(parts).flatMap((name) => sections.get(name) ?? []);
  await writeFile(RESULTS, `${[title, ...inOrder].map((text) => text.trimEnd()).join('\n\n')}\n`);
}

/** Start-up of the command line, against a bare start of Node. */
async function startUp(): Promise<void> {
  const bare = () => timed(process.execPath, ['-e', '0']);
  for (const [command, budget] of [
    ['--version', 1.5],
    ['list', 3],
  ] as const) {
    const own = () => timed(process.execPath, [DSC, command]);
    own();
    const pairs = Array.from({ length: 15 }, () => [own(), bare()] as const);
    const ratio = median(pairs.map(([a, b]) => a / b));
    const ms = median(pairs.map(([a]) => a));
    rows.push(
      `| \`dsc ${command}\` / \`node -e 0\` | ${ratio.toFixed(2)} (${ms.toFixed(0)} ms) | <= ${budget} |`,
    );
  }
}

/** The three nodes of session 1 from nothing to answering, and back, against docker-compose. */
async function stack(): Promise<void> {
  if (!engine.found || spawnSync('docker-compose', ['--version']).status !== 0) return;
  await inWorkspace({ runtime: 'docker' }, async (workspace) => {
    const { createSessionStack } = await import('../src/verify/session-stack.ts');
    const { loadLesson } = await import('../src/course/sessions.ts');
    const { sessionTarget } = await import('../src/cli/session-target.ts');
    const target = sessionTarget(workspace, await loadLesson(1), ['typescript']);
    const folder = join(workspace, 'compose', '00-messages');
    const compose = (...args: string[]) => {
      const began = performance.now();
      const result = spawnSync('docker-compose', args, { cwd: folder, encoding: 'utf8' });
      if (result.status !== 0) throw new Error(`docker-compose ${args.join(' ')}: ${result.stderr}`);
      return performance.now() - began;
    };
    spawnSync(process.execPath, [DSC, 'stop'], { cwd: workspace });
    compose('build');
    const up: [number, number][] = [];
    const down: [number, number][] = [];
    for (let round = 0; round < 5; round++) {
      const ours = performance.now();
      const stack = await createSessionStack({ ...target, runtime: 'docker', report: () => {} });
      await stack.run(stack.services, {}, { fresh: true });
      const ready = performance.now();
      await stack.remove();
      const gone = performance.now();
      const theirUp = compose('up', '-d') + (await untilHealthy(folder));
      up.push([ready - ours, theirUp]);
      down.push([gone - ready, compose('down', '-v')]);
    }
    const describe = (pairs: [number, number][]) =>
      `${median(pairs.map(([a, b]) => a / b)).toFixed(2)} (${median(pairs.map(([a]) => a)).toFixed(0)} ms / ${median(pairs.map(([, b]) => b)).toFixed(0)} ms)`;
    rows.push(
      `| three nodes and the wire to all-ready, images cached / docker-compose \`up -d\` until healthy | ${describe(up)} | <= 0.6 |`,
    );
    rows.push(`| down / docker-compose \`down -v\` | ${describe(down)} | <= 0.55 |`);
  });
}

async function untilHealthy(folder: string): Promise<number> {
  const began = performance.now();
  const ids = spawnSync('docker-compose', ['ps', '-q'], { cwd: folder, encoding: 'utf8' })
    .stdout.trim()
    .split('\n');
  const looked = () =>
    spawnSync('docker', ['inspect', '-f', '{{.State.Health.Status}}', ...ids], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
  await until(() => looked().every((status) => status === 'healthy'), {
    withinMs: 60_000,
    what: 'healthy nodes',
  });
  return performance.now() - began;
}

/** A file saved until the first verdict of `dsc verify --watch`. */
async function watch(): Promise<void> {
  for (const runtime of runtimes) {
    await inWorkspace({ runtime }, async (workspace) => {
      const child = spawn(process.execPath, [DSC, 'verify', '--watch'], { cwd: workspace });
      let output = '';
      const collect = (text: Buffer) => {
        output += text;
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      try {
        const times: number[] = [];
        await until(() => output.includes('Watching'), { withinMs: 120_000, what: 'the first verify' });
        for (let round = 0; round < 5; round++) {
          output = '';
          const began = performance.now();
          await appendFile(join(workspace, 'typescript', 'messaging', 'retry.ts'), `// saved ${round}\n`);
          await until(() => /✔|✖/.test(output), { withinMs: 60_000, what: 'a verdict', everyMs: 5 });
          times.push(performance.now() - began);
          await until(() => output.includes('Watching'), { withinMs: 60_000, what: 'the end of the verify' });
        }
        const budget = runtime === 'process' ? 2 : 4;
        rows.push(
          `| file saved to first verdict in \`verify --watch\`, ${runtime} | ${seconds(median(times))} | <= ${budget} s |`,
        );
      } finally {
        child.kill('SIGINT');
        await new Promise((resolve) => child.once('exit', resolve));
      }
    });
  }
}

/** What a learner waits for at the end of a session: `dsc verify` of correct code in a course folder, its nodes running. */
async function verify(): Promise<void> {
  for (const session of await availableSessions()) {
    for (const runtime of runtimes) {
      const times: string[] = [];
      for (const lang of ['ts', 'py']) {
        await inWorkspace({ session, lang, runtime }, async (workspace) => {
          await writeSolution(workspace, session);
          times.push(seconds(timed(process.execPath, [DSC, 'verify', '--json'], workspace)));
        });
      }
      rows.push(
        `| \`dsc verify\` of session ${session}, ${runtime}: TypeScript / Python | ${times.join(' / ')} | <= ${session < 8 ? 15 : 30} s |`,
      );
    }
  }
}

/** One chat server under load, beside Socket.IO's. */
async function chat(): Promise<void> {
  const { measureChat } = await import('./chat.ts');
  rows.push(...(await measureChat()));
}

/** Raft's writes, reads and failover, beside a real etcd's. */
async function raft(): Promise<void> {
  const { measureRaft } = await import('./raft.ts');
  rows.push(...(await measureRaft()));
}

/** The linearizability checker, beside Porcupine. */
async function linearizability(): Promise<void> {
  const { measureLinearizability } = await import('./linearizability.ts');
  rows.push(...(await measureLinearizability()));
}

/** A cluster that is watched in the panel. */
async function live(): Promise<void> {
  const { measureLive } = await import('./live.ts');
  rows.push(...(await measureLive()));
}

/** The book as we build it, against mdBook alone on the pages that the preprocessor makes. */
async function book(): Promise<void> {
  const { bookSource, findMdbook } = await import('../src/book/mdbook.ts');
  const { listPages } = await import('../src/book/pages.ts');
  const { MEMORY, preprocess } = await import('../src/book/preprocess.ts');
  const mdbook = await findMdbook(console.error);
  const folder = await mkdtemp(join(tmpdir(), 'dsc-bench-book-'));
  const build = (source: string) => timed(mdbook, ['build', source, '--dest-dir', join(folder, 'out')]);
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  try {
    const [ours, plain] = [join(folder, 'ours'), join(folder, 'plain')];
    for (const copy of [ours, plain]) await cp(bookSource(), copy, { recursive: true });
    const toml = await readFile(join(ours, 'book.toml'), 'utf8');
    const withoutWatching = toml.replace(/extra-watch-dirs.*/, '');
    await writeFile(join(ours, 'book.toml'), withoutWatching.replace('../bin/dsc.js', DSC));
    await writeFile(
      join(plain, 'book.toml'),
      withoutWatching.replace(/\[preprocessor\.dsc\][\s\S]*?(?=\n\[)/, ''),
    );
    const items = await Promise.all(
      (await listPages()).map(async ({ title, path }) => {
        const content = await readFile(join(ours, 'src', path), 'utf8');
        return { Chapter: { name: title, path, content, sub_items: [] } };
      }),
    );
    const edited = items.find(({ Chapter }) => Chapter.path.includes('03-queue-system'))!.Chapter;
    const source = edited.content;
    const context = { root: bookSource(), config: {}, renderer: 'html', mdbook_version: '' };
    await preprocess(context, { items });
    for (const { Chapter } of items) await writeFile(join(plain, 'src', Chapter.path), Chapter.content);
    const pairs: [number, number][] = [];
    build(ours);
    for (let round = 0; round < 15; round++) {
      await writeFile(join(ours, 'src', edited.path), `${source}\nRound ${round}.\n`);
      pairs.push([build(ours), build(plain)]);
    }
    const first: number[] = [];
    process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
    for (let round = 0; round < 3; round++) {
      for (const kept of [packagePath(MEMORY), process.env.NODE_COMPILE_CACHE]) {
        await rm(kept, { recursive: true, force: true });
      }
      first.push(build(ours));
    }
    const [mine, theirs] = [0, 1].map((index) => median(pairs.map((pair) => pair[index as 0 | 1])));
    rows.push(
      `| the book after one page was edited / mdBook alone on the same pages | ${median(pairs.map(([a, b]) => a / b)).toFixed(2)} (${ms(mine!)} / ${ms(theirs!)}) | <= 1.5 |`,
      `| the first build of the book on a machine, every diagram read by Mermaid | ${ms(median(first))} | |`,
    );
  } finally {
    delete process.env.NODE_COMPILE_CACHE;
    await rm(folder, { recursive: true, force: true });
  }
}

/** A course folder in which this session has been started. */
async function inWorkspace(
  { session = 1, lang = 'ts', runtime }: { session?: number; lang?: string; runtime: string },
  work: (workspace: string) => Promise<void>,
): Promise<void> {
  const workspace = await mkdtemp(join(tmpdir(), 'dsc-bench-'));
  const args = [
    'start',
    String(session),
    '--lang',
    lang,
    '--runtime',
    runtime,
    '--dir',
    workspace,
    '--yes',
    '--json',
  ];
  try {
    timed(process.execPath, [DSC, ...args]);
    await work(workspace);
  } finally {
    spawnSync(process.execPath, [DSC, 'stop'], { cwd: workspace });
    await rm(workspace, { recursive: true, force: true });
  }
}

/** Wall time of a process, ms. @throws Error when it fails */
function timed(command: string, args: string[], cwd = tmpdir()): number {
  const began = performance.now();
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8', cwd });
  if (status !== 0)
    throw new Error(`${args.join(' ')} ended with ${status}: ${stderr} ${stdout.slice(-2000)}`);
  return performance.now() - began;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
