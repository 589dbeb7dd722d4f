import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { command } from '../../consensus/commands.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { brief } from '../../shared/brief.ts';

type Case = [method: string, path: string, body: unknown, raw: string | undefined, status: number];

const CASES: Case[] = [
  ['POST', '/command', undefined, '{"key":', 400],
  ['POST', '/command', {}, undefined, 400],
  ['POST', '/command', { value: 1 }, undefined, 400],
  ['POST', '/command', { key: 1, value: 1 }, undefined, 400],
  ['POST', '/command', { key: 'no-value' }, undefined, 400],
  ['GET', '/command', undefined, undefined, 405],
  ['GET', '/log?from=x', undefined, undefined, 400],
];

/** What is wrong with AppendEntries that one node might send to another. */
const WRONG_APPENDS = [
  { entries: 'none' },
  { entries: [{ index: 1 }] },
  { prevLogIndex: 'before' },
  { leaderCommit: null },
];

export const check: Check = {
  id: 'bad-input',
  promise: 'Bad input is refused, changes nothing, and never ends a node',
  hints: [
    'Which answer tells a client that it is the one who is wrong?',
    'The given code reads messages before yours sees them. An error that your code throws becomes a 500: look for one.',
  ],
  chapter: 'consensus/14-log-replication.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'The routes are given; the check tells a learner who changes them what broke.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader, term } = await cluster.leader();
    const before = await cluster.logsAgree();
    for (const to of NODES) {
      for (const [method, path, body, raw, status] of CASES) {
        const answer = await trial.node(to).call(method, path, body, raw === undefined ? {} : { raw });
        // Who does not lead may say so before it looks at the command.
        const allowed = path === '/command' && status === 400 && to !== leader ? [400, 421] : [status];
        trial.expectStatus(answer, allowed, `${method} ${path} with ${raw ?? brief(body)} at ${to}`);
      }
      const from = NODES.find((node) => node !== to)!;
      for (const wrong of WRONG_APPENDS) {
        const data = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0, ...wrong };
        const message = { type: 'AppendEntries', term: term + 5, from, to, data };
        const answer = await trial.node(to).call('POST', '/raft', message);
        trial.expectStatus(answer, 400, `AppendEntries at ${to} with ${brief(wrong)}`);
      }
    }
    const key = trial.unique('good');
    const { index } = await command(trial, leader, key, 'good');
    const between = (await cluster.logsAgree()).slice(before.length, index - 1);
    trial.expect(
      between.every((entry) => entry.command === null || entry.command.key === key),
      {
        expected: 'nothing but bad input writes no command into a log',
        seen: brief(between),
      },
    );
    trial.fact(`${(CASES.length + WRONG_APPENDS.length) * NODES.length} bad requests`);
  },
};
