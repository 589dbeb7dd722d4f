/** What it costs a five-node Raft cluster to be watched in the panel, and whether the panel keeps up under random faults. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { findServer } from '../src/book/served-book.ts';
import { randomFaults } from '../src/cli/random-faults.ts';
import { codeVariable, portVariable } from '../src/course/compose-folder.ts';
import { packagePath } from '../src/course/package-root.ts';
import { updateProgress } from '../src/course/progress.ts';
import { createWorkspace, stateFolder } from '../src/course/workspace.ts';
import { ProcessRuntime } from '../src/stack/process/runtime.ts';
import { Stack } from '../src/stack/stack.ts';
import { until } from '../src/stack/until.ts';
import { seededRandom } from '../src/verify/random.ts';
import { writeSolution } from '../src/verify/write-solution.ts';
import { findChromium } from '../test/support/chromium.ts';
import { cpuMs } from './cpu.ts';
import { median } from './median.ts';

const DSC = packagePath('bin/dsc.js');
const NODES = ['node1', 'node2', 'node3', 'node4', 'node5'];
const CHAPTER = 'consensus/15-consensus-system.html';
/** Random faults go on for so long, s. */
const CHAOS_S = Number(process.env.DSC_BENCH_CHAOS_S ?? 600);
/** Pairs of stretches without and with a panel, and how long each of them is, s. */
const PAIRS = Number(process.env.DSC_BENCH_PAIRS ?? 10);
const STRETCH_S = 8;
const CLIENTS = 4;
/** Each client asks so often at most, ms: a cluster at work, not one that is pressed for all that it can do. */
const EVERY_MS = 20;
const ANSWER_WITHIN_MS = 2_000;
const SEED = 42;

/** @returns rows of the report */
export async function measureLive(): Promise<string[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-bench-live-')));
  const workspace = await createWorkspace(join(folder, 'course'), ['typescript']);
  const stack = await fiveNodes(workspace);
  let book: ChildProcess | undefined;
  let browser: Browser | undefined;
  try {
    await stack.run(stack.services, {}, { fresh: true });
    book = spawn(process.execPath, [DSC, 'book', '--no-open'], { cwd: workspace, stdio: 'ignore' });
    const url = await until(async () => (await findServer(workspace))?.url, {
      withinMs: 20_000,
      what: 'the book to be served',
    });
    browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
    const address = `${url}/${CHAPTER}`;
    const [pressed, atWork] = [
      await compare(stack, workspace, browser, address, 0),
      await compare(stack, workspace, browser, address, EVERY_MS),
    ];
    return [...pressed, ...atWork, ...(await underChaos(stack, browser, address))];
  } finally {
    await browser?.close();
    book?.kill('SIGINT');
    await stack.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fiveNodes(workspace: string): Promise<Stack> {
  await writeSolution(workspace, 10);
  await updateProgress(workspace, (progress) => {
    progress.session = 10;
  });
  const variables: Record<string, string> = {
    COMPOSE_PROJECT_NAME: 'dsc-bench-live',
    COMPOSE_PROFILES: 'five',
    MORE_PEERS: ',node4=http://node4:9000,node5=http://node5:9000',
  };
  for (const name of NODES) {
    variables[codeVariable(name)] = join(workspace, 'typescript');
    variables[portVariable(name)] = '0';
  }
  const home = stateFolder(workspace);
  return Stack.create({
    home,
    composeFile: packagePath('compose/04-consensus/docker-compose.yml'),
    variables,
    runtime: () => new ProcessRuntime(home),
    report: () => {},
  });
}

/** Writes answered with 200 in the time, by clients that never stop. */
async function load(stack: Stack, forMs: number, everyMs: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const deadline = performance.now() + forMs;
  let writes = 0;
  const client = async (number: number) => {
    for (let turn = 0; performance.now() < deadline; turn++) {
      const began = performance.now();
      const url = `${stack.url(NODES[(number + turn) % NODES.length]!)}/kv/key${number}`;
      const status = await put(url, agent);
      if (status === 200) writes++;
      else await pause(50);
      await pause(Math.max(0, everyMs - (performance.now() - began)));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  agent.destroy();
  return writes;
}

function put(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(url, { method: 'PUT', agent, timeout: ANSWER_WITHIN_MS }, (answer) => {
      answer
        .resume()
        .on('end', () => resolve(answer.statusCode))
        .on('error', () => resolve(undefined));
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(undefined));
    outgoing.end('{"value":1}');
  });
}

/** The same load again and again, without a panel and with one, in turn. */
async function compare(
  stack: Stack,
  workspace: string,
  browser: Browser,
  address: string,
  everyMs: number,
): Promise<string[]> {
  await load(stack, 3_000, everyMs);
  const stretch = async (watched: boolean) => {
    const page = watched ? await open(browser, address) : undefined;
    const cpuBefore = await clusterCpuMs(stack, workspace);
    const writes = await load(stack, STRETCH_S * 1_000, everyMs);
    const cpuOfAWrite = ((await clusterCpuMs(stack, workspace)) - cpuBefore) / writes;
    await page?.context().close();
    // Who only turns the page is waited for, and the nodes are observed on.
    if (watched) await pause(11_000);
    return { writes, cpuOfAWrite };
  };
  const pairs: { writes: number; cpu: number; rate: number }[] = [];
  for (let round = 0; round < PAIRS; round++) {
    const first = await stretch(round % 2 === 1);
    const second = await stretch(round % 2 === 0);
    const [alone, seen] = round % 2 === 0 ? [first, second] : [second, first];
    const cpu = seen.cpuOfAWrite / alone.cpuOfAWrite;
    pairs.push({ writes: seen.writes / alone.writes, cpu, rate: alone.writes / STRETCH_S });
  }
  const writes = median(pairs.map((pair) => pair.writes)).toFixed(3);
  const cpu = median(pairs.map((pair) => pair.cpu)).toFixed(3);
  const how = everyMs === 0 ? 'pressed for all it can do' : 'at work';
  const rate = `${median(pairs.map((pair) => pair.rate)).toFixed(0)} writes a second`;
  return [
    `| five-node Raft ${how} (${rate}), watched in the panel / not: writes | ${writes} | >= 0.95 |`,
    `| the same: CPU time of the nodes and the wire for a write | ${cpu} | <= 1.05 |`,
  ];
}

/** CPU time of the nodes and the wire so far, ms. */
async function clusterCpuMs(stack: Stack, workspace: string): Promise<number> {
  const times = [...stack.services, 'wire'].map(async (name) => {
    const { pid } = JSON.parse(await readFile(join(stateFolder(workspace), 'run', `${name}.json`), 'utf8'));
    return cpuMs(pid);
  });
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0);
}

/** A reader with the panel open. What comes is timed: how old a message is when the page is told of it first. */
async function open(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = { worstMs: 0, told: 0, late: 0, dropped: 0, last: Number.POSITIVE_INFINITY };
    (window as any).seen = seen;
    window.EventSource = class extends EventSource {
      constructor(url: string | URL) {
        super(url);
        this.addEventListener('message', ({ data }) => {
          const { events, dropped } = JSON.parse(data);
          const messages = events.filter(({ type }: any) => type === 'message');
          // Those of before the page was opened are old when they are told.
          const fresh = messages.filter(({ seq }: any) => seq > seen.last);
          for (const { at } of fresh) {
            const ageMs = Date.now() - at;
            seen.worstMs = Math.max(seen.worstMs, ageMs);
            seen.told++;
            if (ageMs > 1_000) seen.late++;
          }
          const newest = Math.max(...messages.map(({ seq }: any) => seq));
          if (messages.length > 0) seen.last = Math.max(newest, Number.isFinite(seen.last) ? seen.last : 0);
          seen.dropped += dropped;
        });
      }
    };
  });
  await page.goto(address);
  await page.locator('#live-panel .live-node').first().waitFor();
  return page;
}

async function underChaos(stack: Stack, browser: Browser, address: string): Promise<string[]> {
  const page = await open(browser, address);
  const devtools = await page.context().newCDPSession(page);
  const over = new AbortController();
  const heap: number[] = [];
  const watchHeap = async () => {
    while (!over.signal.aborted) {
      await pause(10_000, undefined, { signal: over.signal }).catch(() => {});
      heap.push(await heapOf(devtools));
    }
  };
  const chaos = randomFaults(stack, seededRandom(SEED), CHAOS_S * 1_000, () => {}, over.signal);
  const watched = watchHeap();
  const writes = await load(stack, CHAOS_S * 1_000, EVERY_MS);
  await chaos;
  over.abort();
  await watched;
  const { worstMs, told, late, dropped } = await page.evaluate(() => (window as any).seen);
  await page.context().close();
  const third = Math.ceil(heap.length / 3);
  const mib = (values: number[]) => `${(median(values) / 2 ** 20).toFixed(1)} MiB`;
  const during = `${CHAOS_S} s of random faults, seed ${SEED}, ${writes} writes`;
  return [
    `| the panel under ${during}: how old a message was when the page was told of it, at worst | ${worstMs.toFixed(0)} ms (${late} of ${told} later than a second, ${dropped} events dropped) | <= 1000 ms |`,
    `| its memory in the first and the last third; at most | ${mib(heap.slice(0, third))}, ${mib(heap.slice(-third))}; ${mib([Math.max(...heap)])} | no growth |`,
  ];
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return usedSize;
}
