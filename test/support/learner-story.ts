import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RuntimeName } from '../../src/stack/runtime.ts';
import { dsc, json } from './dsc.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Of each session: a node to kill or cut off, and a check that soon shows whether it was mended. */
const PARTS = {
  1: { system: 'messaging', node: 'node2', check: 'echo-comes-back' },
  2: { system: 'workqueue', node: 'worker1', check: 'work-is-shared' },
  3: { system: 'store', node: 'node2', check: 'written-anywhere' },
  4: { system: 'store', node: 'node2', check: 'written-anywhere' },
  5: { system: 'store', node: 'node2', check: 'levels-agree' },
  6: { system: 'chat', node: 'chat1', check: 'everyone-in-the-room' },
  7: { system: 'chat', node: 'chat2', check: 'two-servers-one-room' },
  8: { system: 'consensus', node: 'node2', check: 'says-who-leads' },
  9: { system: 'consensus', node: 'node2', check: 'command-is-an-entry' },
  10: { system: 'consensus', node: 'node2', check: 'written-anywhere' },
} as const;

export type StorySession = keyof typeof PARTS;

/** What a learner does in a session, on real nodes: start, fail, break, mend, solve, pass, stop. */
export function learnerStory(session: StorySession, lang: 'ts' | 'py', runtime: RuntimeName): void {
  describe(`session ${session} in ${lang} on ${runtime}`, () => {
    const language = lang === 'ts' ? 'typescript' : 'python';
    const { system, node, check } = PARTS[session];
    let workspace = '';

    beforeAll(async () => {
      workspace = join(await realpath(await mkdtemp(join(tmpdir(), 'dsc-story-'))), 'course');
      const words = [
        'start',
        `session-${session}`,
        '--lang',
        lang,
        '--runtime',
        runtime,
        '--dir',
        workspace,
        '--yes',
      ];
      const started = await dsc(words, '/tmp');
      expect(started.stderr).not.toContain('✖');
      expect(started.exitCode).toBe(0);
    });

    afterAll(async () => {
      await dsc(['stop'], workspace);
      await rm(dirname(workspace), { recursive: true });
    });

    test('the started nodes run and answer', async () => {
      const { nodes } = json(await dsc(['status', '--json'], workspace));
      expect(nodes.map((node: any) => node.state.status)).toEqual(nodes.map(() => 'running'));
      expect(nodes.every((node: any) => node.health.status === 'ok')).toBe(true);
    });

    test('the untouched starter fails, and the first failure says which function to write, and where', async () => {
      const verified = await dsc(['verify'], workspace);
      expect(verified.exitCode).toBe(1);
      expect(verified.stdout).toMatch(new RegExp(`To write .*${language}/${system}/.*:\\d+`));
      expect(verified.stdout).toContain('Hint');
      expect((await dsc(['hint'], workspace)).exitCode).toBe(0);
    });

    test('a killed node is seen dead, and comes back', async () => {
      expect((await dsc(['chaos', 'kill', node], workspace)).exitCode).toBe(0);
      const dead = json(await dsc(['status', '--json'], workspace));
      expect(dead.nodes.find((each: any) => each.name === node).state.status).toBe('exited');
      expect(dead.faults).toHaveLength(1);
      expect((await dsc(['chaos', 'restart', node], workspace)).exitCode).toBe(0);
      const back = json(await dsc(['status', '--json'], workspace));
      expect(back.nodes.find((each: any) => each.name === node).state.status).toBe('running');
      expect(back.faults).toEqual([]);
    });

    test('the solution, copied over the starter, passes, and the nodes of before run again afterwards', async () => {
      const out = join(await temporaryFolder(), 'solution');
      expect((await dsc(['solution', '--out', out], workspace)).exitCode).toBe(0);
      await cp(join(out, language), join(workspace, language), { recursive: true });
      // A fault that was forgotten is not the code's fault.
      expect((await dsc(['chaos', 'isolate', node], workspace)).exitCode).toBe(0);
      expect((await dsc(['verify', '--only', check], workspace)).exitCode).toBe(0);
      const verified = await dsc(['verify', '--json'], workspace);
      const result = json(verified);
      expect(result.results.filter((check: any) => check.verdict !== 'pass')).toEqual([]);
      expect(verified.exitCode).toBe(0);
      expect(result.runtime).toBe(runtime);
      const { nodes, faults } = json(await dsc(['status', '--json'], workspace));
      expect(nodes.map((node: any) => node.state.status)).toEqual(nodes.map(() => 'running'));
      expect(faults).toEqual([]);
    });

    test('stop leaves nothing running', async () => {
      expect((await dsc(['stop'], workspace)).exitCode).toBe(0);
      const after = await dsc(['status'], workspace);
      expect(after.exitCode).toBe(3);
      expect(after.stderr).toContain('No nodes are running here');
    });
  });
}

/** For the Compose file of sessions 8 to 10. */
export const FIVE_NODES = {
  COMPOSE_PROFILES: 'five',
  MORE_PEERS: ',node4=http://node4:9000,node5=http://node5:9000',
};

/**
 * The reference solution of a cluster in several languages passes.
 * @param variables of the Compose file
 */
export function mixedCluster(
  session: StorySession,
  lang: string,
  runtime: RuntimeName,
  variables: Record<string, string> = {},
): void {
  test(`session ${session}: a cluster of ${lang} passes on ${runtime}`, async () => {
    const words = ['verify', String(session), '--solution', '--lang', lang, '--runtime', runtime, '--json'];
    const verified = await dsc(words, await temporaryFolder(), variables);
    expect(verified.stderr).toBe('');
    expect(json(verified).results.filter((check: any) => check.verdict !== 'pass')).toEqual([]);
    expect(verified.exitCode).toBe(0);
  });
}
