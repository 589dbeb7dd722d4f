import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { brief } from '../../shared/brief.ts';

type Case = [
  method: string,
  path: string,
  body: unknown,
  raw: string | undefined,
  status: number,
  error: string,
];

const CASES: Case[] = [
  ['POST', '/raft', undefined, '{"type":', 400, 'bad_json'],
  ['POST', '/raft', {}, undefined, 400, 'bad_request'],
  ['POST', '/raft', [1], undefined, 400, 'bad_request'],
  ['GET', '/raft', undefined, undefined, 405, 'method_not_allowed'],
  ['GET', '/nothing-of-the-kind', undefined, undefined, 404, 'not_found'],
];

/** What is wrong with a RequestVote that one node might send to another. */
const WRONG_VOTES = [
  { term: 'soon' },
  { term: undefined },
  { data: null },
  { data: {} },
  { data: { lastLogIndex: 0, lastLogTerm: 'x' } },
  { type: 'RequestFavour' },
];

export const check: Check = {
  id: 'bad-input',
  promise: 'Bad input is refused, and never ends a node',
  hints: [
    'Which answer tells a client that it is the one who is wrong?',
    'The given code reads messages before yours sees them. An error that your code throws becomes a 500: look for one.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'The routes are given; the check tells a learner who changes them what broke.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const before = await cluster.leader();
    for (const to of NODES) {
      for (const [method, path, body, raw, status, error] of CASES) {
        const what = `${method} ${path} with ${raw ?? brief(body)} at ${to}`;
        const answer = await trial.node(to).call(method, path, body, raw === undefined ? {} : { raw });
        trial.expectStatus(answer, status, what);
        trial.expectEqual(answer.body?.error, error, `the error of ${what}`);
      }
      const from = NODES.find((node) => node !== to)!;
      for (const wrong of WRONG_VOTES) {
        const vote = {
          type: 'RequestVote',
          term: before.term + 5,
          from,
          to,
          data: { lastLogIndex: 0, lastLogTerm: 0 },
        };
        const answer = await trial.node(to).call('POST', '/raft', { ...vote, ...wrong });
        trial.expectStatus(answer, 400, `a RequestVote at ${to} with ${brief(wrong)}`);
      }
    }
    await cluster.leader();
    trial.fact(`${(CASES.length + WRONG_VOTES.length) * NODES.length} bad requests`);
  },
};
