import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues } from '../../store/key-values.ts';
import { NODES } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

type Case = [
  method: string,
  path: string,
  body: unknown,
  raw: string | undefined,
  status: number,
  error: string,
];

const CASES: Case[] = [
  ['PUT', '/bad', undefined, '{"value":', 400, 'bad_json'],
  ['PUT', '/bad', {}, undefined, 400, 'bad_request'],
  ['PUT', '/bad', [1], undefined, 400, 'bad_request'],
  ['PUT', '/_bad', { value: 1 }, undefined, 400, 'reserved_key'],
  ['PUT', '/health', { value: 1 }, undefined, 405, 'method_not_allowed'],
  ['PUT', `/${'k'.repeat(257)}`, { value: 1 }, undefined, 400, 'bad_request'],
  ['POST', '/bad', { value: 1 }, undefined, 405, 'method_not_allowed'],
  ['GET', '/_log?from=x', undefined, undefined, 400, 'bad_request'],
  ['POST', '/_rpc', { type: 'Heartbeat' }, undefined, 400, 'bad_request'],
];

const KEYS = ['with spaces', 'slash/question?and#more&%25', 'ü日本👩', 'k'.repeat(200)];

export const check: Check = {
  id: 'bad-input',
  promise: 'Any key is stored; bad input is refused, changes nothing, and never ends a node',
  hints: [
    'Which answer tells a client that it is the one who is wrong?',
    'The given HTTP server turns an HttpError into its answer; any other error becomes 500. Look for one that your code throws.',
  ],
  chapter: 'data-store/06-replication.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'The routes are given; the check tells a learner who changes them what broke.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    await cluster.leader();
    const before = await cluster.logsAgree();
    for (const node of NODES) {
      for (const [method, path, body, raw, status, error] of CASES) {
        const what = `${method} ${path.slice(0, 20)} with ${raw ?? brief(body)} at ${node}`;
        const answer = await trial.node(node).call(method, path, body, raw === undefined ? {} : { raw });
        // "/health" is another route's, or a reserved key: both refuse.
        if (path === '/health') trial.expectStatus(answer, [400, 405], what);
        else {
          trial.expectStatus(answer, status, what);
          trial.expectEqual(answer.body?.error, error, `the error of ${what}`);
        }
      }
    }
    const after = await cluster.logsAgree();
    trial.expectEqual(after.length, before.length, 'the length of the log after nothing but bad input');
    const mark = trial.unique('any');
    for (const [n, name] of KEYS.entries()) {
      const key = `${mark} ${name}`;
      await store.write(NODES[n % 3]!, key, { n: [n, null] });
      await store.expectValue(NODES[(n + 1) % 3]!, key, { n: [n, null] }, 'an unusual name');
    }
    trial.fact(`${CASES.length * NODES.length} bad requests and ${KEYS.length} unusual keys`);
  },
};
