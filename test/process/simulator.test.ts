import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createWorkspace } from '../../src/course/workspace.ts';
import { CoreNotRunnable } from '../../src/verify/simulator/load-core.ts';
import { CoreStuck, simulate } from '../../src/verify/simulator/simulate.ts';
import { coreMutants } from '../mutants/core.ts';
import { coreOf } from '../support/core-folder.ts';
import { dsc, json } from '../support/dsc.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = (folder: string, session: number, runs: number, more = {}) =>
  simulate({ folder, session, firstSeed: 1, runs, signal: new AbortController().signal, ...more });

test.each([8, 9, 10])('the core of session %i keeps every promise', async (session) => {
  const { runs, violation } = await run(await coreOf(session), session, 100);
  expect([runs, violation]).toEqual([100, undefined]);
});

/** How others write it: none of it is wrong. */
const STYLES: { style: string; file: string; replace: [string, string][] }[] = [
  {
    style: 'goes back by one entry at a time',
    file: 'consensus/replication.ts',
    replace: [['Math.min(sent.prevLogIndex, conflictIndex ?? sent.prevLogIndex)', 'sent.prevLogIndex']],
  },
  {
    style: 'makes a new log of copies each time',
    file: 'consensus/replication.ts',
    replace: [
      [
        `    cutFrom(node.log, entry.index);
    node.log.push(entry);
`,
        `    node.log = [...node.log.slice(0, entry.index - 1), entry].map((each) => ({ ...each }));
`,
      ],
    ],
  },
  {
    style: 'finds the commit index by sorting',
    file: 'consensus/commit.ts',
    replace: [
      [
        '  for (let index = lastIndex(node.log); index > node.commitIndex; index -= 1) {',
        `  const stored = [lastIndex(node.log), ...node.matchIndex.values()].sort((a, b) => b - a);
  const onMajority = stored[Math.floor(node.clusterSize / 2)]!;
  if (termAt(node.log, onMajority) === node.currentTerm) node.commitIndex = Math.max(node.commitIndex, onMajority);
  for (let index = 0; index > node.commitIndex; index -= 1) {`,
      ],
      [
        '    const stored = node.peers.filter((peer) => node.matchIndex.get(peer)! >= index).length + 1;\n    if (!hasMajority(stored, node.clusterSize)) continue;\n',
        '',
      ],
    ],
  },
  {
    style: 'saves after every message, changed or not',
    file: 'consensus/election.ts',
    replace: [['  return { voteGranted };\n', '  effects.persist = true;\n  return { voteGranted };\n']],
  },
];

test.each(STYLES)('a core that $style keeps every promise', async (change) => {
  const { violation } = await run(await coreOf(9, 'snapshot', change), 9, 100);
  expect(violation).toBeUndefined();
});

test('a seed that fails fails again in the same way', async () => {
  const mutant = coreMutants.find(({ id }) => id === 'counts-late-votes')!;
  const folder = await coreOf(mutant.session, 'snapshot', mutant);
  const { violation } = await run(folder, mutant.session, 1000);
  const again = await run(folder, mutant.session, 1, { firstSeed: violation!.seed });
  expect(again.violation).toEqual(violation);
});

test('a starter is said to be unwritten, function by function', async () => {
  for (const [session, exercise] of [
    [8, 'election-timeout'],
    [9, 'append-entries'],
    [10, 'execute'],
  ] as const) {
    const { violation } = await run(await coreOf(session, 'starter'), session, 50);
    expect(violation?.property).toBe('crash');
    expect(violation?.seen).toMatch(/not implemented: [a-z-]+$/);
    if (session < 10) expect(violation?.seen).toContain(exercise);
  }
});

test('a core that cannot be imported, or does not come back, is an error that says so', async () => {
  const missing = run(await temporaryFolder(), 8, 1);
  await expect(missing).rejects.toBeInstanceOf(CoreNotRunnable);
  const broken = await coreOf(8, 'snapshot', {
    file: 'consensus/election.ts',
    replace: [['export function onRequestVote(', 'export function onRequestVote((']],
  });
  await expect(run(broken, 8, 1)).rejects.toThrow(/cannot be imported/);
  const endless = await coreOf(8, 'snapshot', {
    file: 'consensus/election.ts',
    replace: [["  node.state = 'candidate';\n", "  for (;;) node.state = 'candidate';\n"]],
  });
  await expect(run(endless, 8, 1, { patienceMs: 3000 })).rejects.toBeInstanceOf(CoreStuck);
  const interrupted = new AbortController();
  const running = run(endless, 8, 1, { signal: interrupted.signal });
  interrupted.abort(new Error('that is enough'));
  await expect(running).rejects.toThrow('that is enough');
});

describe('dsc simulate', () => {
  /** A workspace in which the learner has the core of a session. */
  async function workspaceWith(core: string): Promise<string> {
    const workspace = await createWorkspace(join(await temporaryFolder(), 'course'), ['typescript']);
    await cp(core, join(workspace, 'typescript'), { recursive: true });
    return workspace;
  }

  test("tells the story of the learner's own mistake, and exits with 1", async () => {
    const mutant = coreMutants.find(({ id }) => id === 'votes-twice')!;
    const workspace = await workspaceWith(await coreOf(8, 'snapshot', mutant));
    const words = ['simulate', '--session', '8', '--runs', '100'];
    const told = await dsc(words, workspace);
    expect(told.exitCode).toBe(1);
    expect(told.stdout).toContain('A node votes at most once in a term');
    expect(told.stdout).toContain('RequestVoteResponse');
    const { violation } = json(await dsc([...words, '--json'], workspace));
    expect(told.stdout).toContain(`dsc simulate --session 8 --seed ${violation.seed}`);
    const again = await dsc(['simulate', '--session', '8', '--seed', String(violation.seed)], workspace);
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toContain(violation.seen);
  });

  test('says where a function is still to be written', async () => {
    const workspace = await workspaceWith(await coreOf(8, 'starter'));
    const { stdout, exitCode } = await dsc(['simulate', '--session', '8'], workspace);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/To write\s+election-timeout: typescript\/consensus\/election\.ts:\d+/);
  });

  test('says what the runs have been through, and refuses what has no core', async () => {
    const solved = await dsc(['simulate', '--solution', '--runs', '20'], await temporaryFolder());
    expect(solved.exitCode).toBe(0);
    expect(solved.stdout).toContain('All 20 runs kept every promise');
    const wrong = await dsc(['simulate', '--solution', '--session', '3'], await temporaryFolder());
    expect([wrong.exitCode, wrong.stderr.includes('Session 3 has nothing to simulate.')]).toEqual([2, true]);
    const empty = await createWorkspace(join(await temporaryFolder(), 'course'), ['python']);
    const none = await dsc(['simulate', '--session', '8'], empty);
    expect([none.exitCode, none.stderr.includes('There is no Raft core in TypeScript here.')]).toEqual([
      2,
      true,
    ]);
  });
});
