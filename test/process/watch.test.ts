import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';
import type { LiveEvent, NodeView } from '../../src/live/events.ts';
import { until } from '../../src/stack/until.ts';
import { writeSolution } from '../../src/verify/write-solution.ts';
import { dsc, json, TEST_ENVIRONMENT } from '../support/dsc.ts';

const WITHIN = 20_000;
const DSC = [process.execPath, packagePath('bin', 'dsc.js')];

let workspace: string;

/** A learner whose code gives up after the first attempt. */
beforeAll(async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-watch-')));
  workspace = join(folder, 'course');
  const start = ['start', 'session-1', '--runtime', 'process', '--yes', '--dir', workspace];
  expect((await dsc(start, folder)).exitCode).toBe(0);
  await writeSolution(workspace, 1);
  const file = join(workspace, 'typescript', 'messaging', 'retry.ts');
  const code = await readFile(file, 'utf8');
  const broken = code.replace('if (performance.now() + pause >= deadline) throw', 'if (pause > 0) throw');
  expect(broken).not.toBe(code);
  await writeFile(file, broken);
  expect((await dsc(start, folder)).exitCode).toBe(0);
  return async () => {
    await dsc(['stop'], workspace);
    await rm(folder, { recursive: true, force: true });
  };
});

/** `dsc watch` beside the test, until the test is over. */
function watching(...words: string[]) {
  const child = execa(DSC[0]!, [DSC[1]!, 'watch', ...words], {
    cwd: workspace,
    env: TEST_ENVIRONMENT,
    reject: false,
    stdin: 'ignore',
    buffer: false,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const lines = () => text.split('\n').slice(0, -1);
  return { child, lines, events: () => lines().map((line) => JSON.parse(line) as LiveEvent) };
}

function nodeIn(events: readonly LiveEvent[], name: string): NodeView | undefined {
  const last = events.findLast((event) => event.type === 'nodes');
  return last?.nodes.find((node) => node.name === name);
}

test('dsc watch --json tells of a node that is killed and started again, and of what nodes say to each other', async () => {
  const { child, events } = watching('--json');
  const status = (wanted: NodeView['status']) =>
    until(() => nodeIn(events(), 'node2')?.status === wanted, { withinMs: WITHIN, what: `node2 ${wanted}` });
  await status('running');
  expect(events()[0]).toMatchObject({
    type: 'cluster',
    cluster: { session: 1, system: 'messaging', wired: true },
  });
  await dsc(['chaos', 'kill', 'node2'], workspace);
  await status('exited');
  const toldFault = (count: number) => () =>
    events().findLast((event) => event.type === 'faults')?.faults.length === count;
  await until(toldFault(1), { withinMs: WITHIN, what: 'the fault' });
  await dsc(['chaos', 'restart', 'node2'], workspace);
  await status('running');
  await until(toldFault(0), { withinMs: WITHIN, what: 'no fault' });
  const body = '{"to":"node3","type":"echo","data":"hello"}';
  await dsc(['call', 'node1', 'POST', '/send', '-d', body], workspace);
  const arrived = () => events().some((event) => event.type === 'message' && event.to === 'node3');
  await until(arrived, { withinMs: WITHIN, what: 'the message' });
  const handled = () => {
    const view = events().findLast((event) => event.type === 'system')?.view;
    return view?.kind === 'messages' && view.nodes.find(({ name }) => name === 'node3')?.handled === 1;
  };
  await until(handled, { withinMs: WITHIN, what: 'the view of the system' });
  child.kill('SIGINT');
  expect((await child).exitCode).toBe(0);
});

test('a failed verify is seen by dsc watch while it goes on, and its replay shows the very same timeline', async () => {
  const { child, lines } = watching();
  await until(() => lines().some((line) => line.endsWith('node1: running, node')), {
    withinMs: WITHIN,
    what: 'the nodes',
  });
  const verified = await dsc(['verify', '--seed', '5'], workspace);
  expect(verified.exitCode).toBe(1);
  expect(verified.stdout).toContain('Replay    dsc replay');
  await until(() => lines().some((line) => line.includes('verify: fail')), {
    withinMs: WITHIN,
    what: 'the verdict',
  });
  expect(lines().join('\n')).toMatch(
    /verify: 18 checks, seed 5[\s\S]*✔ A message reaches its peer[\s\S]*✖ All attempts/,
  );
  child.kill('SIGTERM');
  expect((await child).exitCode).toBe(0);

  const replayed = await dsc(['replay'], workspace);
  expect(replayed.exitCode).toBe(0);
  const timeline = (text: string) => /\n {2}Timeline\n[\s\S]*?\n(?=\n|$)/.exec(`${text}\n`)?.[0];
  expect(timeline(verified.stdout)).toContain('✗');
  expect(timeline(replayed.stdout)).toBe(timeline(verified.stdout));

  const { runs } = json(await dsc(['replay', '--list', '--json'], workspace));
  expect(runs).toMatchObject([{ session: 1, verdict: 'fail', failed: ['one-id'] }]);
  const { run, check, steps } = json(await dsc(['replay', runs[0].id, '--json'], workspace));
  expect({ run, id: check.id }).toEqual({ run: runs[0].id, id: 'one-id' });
  expect(steps).toHaveLength(check.failure.timeline.rows.length);
  const recorded = (await readFile(join(workspace, '.dsc', 'runs', `${run}.jsonl`), 'utf8'))
    .trim()
    .split('\n');
  const events = recorded.map((line) => JSON.parse(line) as LiveEvent);
  // The cluster as it was at the last step can be made from the recording.
  const lost = events.filter((event) => event.type === 'message' && event.outcome === 'request-lost');
  expect(lost.some(({ at }) => at <= steps.at(-1).moment && at >= steps[0].moment)).toBe(true);
  expect(nodeIn(events, 'node1')?.status).toBe('running');
});

test('a run that is not there, a check that is not there, and a course folder without runs are told of', async () => {
  const unknown = await dsc(['replay', 'no-such-run'], workspace);
  expect([unknown.exitCode, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('no run called no-such-run'),
  ]);
  await dsc(['verify', '--only', 'says-it-is-there'], workspace);
  const { runs } = json(await dsc(['replay', '--list', '--json'], workspace));
  const passed = await dsc(['replay', runs[0].id], workspace);
  expect([passed.exitCode, passed.stderr]).toEqual([2, expect.stringContaining('All 1 checks')]);
  const wrong = await dsc(['replay', runs[0].id, '--check', 'nonsense'], workspace);
  expect(wrong.stderr).toContain('It has says-it-is-there');
});

/** A real terminal of 80 columns, in which this runs; gone when the test is over. */
async function terminal(...words: string[]) {
  const socket = `dsc-test-${process.pid}-${words[0]}`;
  const tmux = (...args: string[]) =>
    execa('tmux', ['-L', socket, ...args], { env: { DSC_PORTS: process.env.DSC_PORTS } });
  const command = `echo before; ${[...DSC, ...words].join(' ')}; echo "ended with $?"; cat`;
  await tmux('-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24', '-c', workspace, command);
  onTestFinished(async () => void (await tmux('kill-server').catch(() => {})));
  const screen = async () => (await tmux('capture-pane', '-p')).stdout;
  const shows = (what: string | RegExp) =>
    until(
      async () => {
        const text = await screen();
        return typeof what === 'string' ? text.includes(what) : what.test(text);
      },
      { withinMs: WITHIN, what: `${what}` },
    ).catch(async (error) => {
      throw new Error(`${error.message}\n${await screen()}`);
    });
  return { screen, shows, press: (key: string) => tmux('send-keys', key), tmux };
}

test('in a terminal keys break nodes and mend them, the screen follows its size, and afterwards all is as before', async () => {
  const { screen, shows, press, tmux } = await terminal('watch');
  await shows(/▸1 node1 {2}running/);
  await press('Down');
  await shows(/k kill node2/);
  await press('k');
  await shows(/▸2 node2 {2}dead[\s\S]*r restart node2/);
  await press('r');
  await shows(/▸2 node2 {2}running/);
  await press('i');
  await shows(/⚡ node2 isolated[\s\S]*h heal/);
  await press('h');
  await shows('Undone: node2 isolated');
  await tmux('resize-window', '-x', '40', '-y', '12');
  await shows(/^Session 1: Nobody answers · process\n[\s\S]*q quit|▸2/);
  expect((await screen()).split('\n').every((line) => line.length <= 40)).toBe(true);
  await press('q');
  await shows(/before\nended with 0/);
  expect(json(await dsc(['status', '--json'], workspace)).faults).toEqual([]);
});

test('in a terminal a failed check is replayed step by step, and Ctrl-C ends it', async () => {
  const { shows, press } = await terminal('replay');
  await shows(/step 1 of \d+/);
  await press('Right');
  await shows(/step 2 of \d+[\s\S]*▸ +\d+/);
  await press('w');
  await shows(/step (\d+) of \1[\s\S]*Seen: 504/);
  await press('C-c');
  await shows(/before\nended with 0/);
});
